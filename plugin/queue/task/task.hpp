// One task with everything that the database knows of it, columns that no release had yet included.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "akqueue/uuid.hpp"
#include "queue/task/message.hpp"
#include "session/database.hpp"

namespace akqueue {

struct TaskDetail {
  struct Cell {
    Column column;
    Value value;  ///< of `message`: its size only, see `message`
  };
  std::vector<Cell> cells;  ///< in the table's order
  Message message;
  bool taken = false;  ///< a worker took it
  bool held = false;   ///< and lives
  std::string object;  ///< `authentik_outposts.outpost/ID`; empty for none
  /// Tables beside the log that reference it, and how many of their rows do.
  struct Referenced {
    std::string table;
    std::int64_t rows = 0;
  };
  std::vector<Referenced> referenced;

  /// The value of a column; null for none.
  const Value& value(std::string_view column) const;
};

/// In a transaction. Throws Error (not_found).
TaskDetail read_task(const Database& database, const Uuid& id);

}  // namespace akqueue

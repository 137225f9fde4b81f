// One task with everything that the database knows about it, including columns that no known release has.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "akqueue/uuid.hpp"
#include "queue/task/message.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

struct TaskDetail {
  struct Cell {
    session::Column column;
    session::Value value;  ///< of `message`: its size only, see `message`
  };
  std::vector<Cell> cells;  ///< in the table's order
  Message message;
  bool taken = false;   ///< a worker has taken it
  bool held = false;    ///< its lock is held
  std::string holder;   ///< by whom, as Dialect::holders() has it; empty for nobody
  bool ending = false;  ///< and is about to write how it ended (queue/filter/in_hand.hpp)
  std::string object;   ///< `authentik_outposts.outpost/ID`; empty for none
  /// Tables other than the log that reference it, and how many of their rows do.
  struct Referenced {
    std::string table;
    std::int64_t rows = 0;
  };
  std::vector<Referenced> referenced;

  /// The value of a column; null for none.
  const session::Value& value(std::string_view column) const;
};

/// In a transaction. Throws Error (not_found).
TaskDetail read_task(const session::Database& database, const Uuid& id);

}  // namespace akqueue::queue

// The release whose tables this run has: what a case may expect is read from its description (fixtures/schema/*.json),
// which was read from a migrated database.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"

namespace akqueue::contract {

class Release {
 public:
  /// Throws Error (system) for a release without a description. `schema` is that of its tables.
  Release(std::string name, std::string schema);

  const std::string& name() const { return name_; }
  bool has(std::string_view table) const;
  bool has(std::string_view table, std::string_view column) const;
  /// All tables, by name.
  std::vector<std::string> tables() const;
  /// The description of a table, in this run's schema.
  ForeignJson described(std::string_view table) const;
  /// The foreign keys to the task table, sorted: `authentik_tasks_tasklog(task_id) -> authentik_tasks_task(message_id)
  /// NO ACTION`.
  std::vector<std::string> references_to_tasks() const;
  /// Whether aggregated_status comes from the log rows, not from _messages.
  bool status_from_logs() const;

 private:
  std::string name_;
  std::string schema_;
  ForeignJson tables_;
};

}  // namespace akqueue::contract

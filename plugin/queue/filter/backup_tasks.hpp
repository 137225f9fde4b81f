// The tasks in a backup, chosen by the conditions of `list` as far as the file alone can tell.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "akqueue/time.hpp"
#include "backup/reader.hpp"
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {

class BackupTasks {
 public:
  /// Of a file that was checked. Throws Error (usage) for an actor that is not in it (with the nearest name) and for
  /// conditions that only a site can judge: kinds of objects, names of tenants, --expired, --keep-newest.
  BackupTasks(backup::BackupFile& file, TaskChoice choice);

  /// Gives each chosen task, in the order of the file, up to the choice's limit. Returns how many.
  using OnTask = std::function<void(const BackupTask& task)>;
  std::int64_t each(const OnTask& on_task);

  /// Gives each row that belongs to a chosen task, in the order of the file, as the line `[T,{…}]` without its end.
  using OnLine = std::function<void(std::string_view line)>;
  void each_row(const OnLine& on_line);

 private:
  /// Ids of tasks, by what their logs have.
  struct Logged {
    std::set<std::string> with_text;
    std::set<std::string> as_bad;
  };
  bool chosen(const BackupTask& task, const Logged& logged) const;
  /// The ids of the batch's tasks that are chosen; calls `on_task` for each.
  std::set<std::string> choose(const backup::BackupBatch& batch, const OnTask& on_task);

  backup::BackupFile& file_;
  TaskChoice choice_;
  Timestamp created_ = 0;
  std::int64_t given_ = 0;
};

}  // namespace akqueue::queue

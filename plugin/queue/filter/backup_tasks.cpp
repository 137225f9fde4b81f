#include "queue/filter/backup_tasks.hpp"

#include <algorithm>

#include "akqueue/error.hpp"
#include "akqueue/tasks.hpp"
#include "backup/json_row.hpp"
#include "backup/rows.hpp"
#include "queue/filter/name_resolution.hpp"
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {
namespace {

/// A column of a row, whichever version the file has; empty for NULL.
using Read = std::function<std::string(std::string_view column)>;

Read reader_of(const backup::KeptTable& table, const TupleReader& row) {
  return [&](std::string_view column) { return backup::text_in(table, row, column); };
}

Read reader_of(const ForeignJson& row) {
  return [&](std::string_view column) {
    const auto found = row.find(column);
    if (found == row.end() || found->is_null()) return std::string();
    return found->is_string() ? found->get<std::string>()
                              : found->dump(-1, ' ', false, ForeignJson::error_handler_t::replace);
  };
}

BackupTask task_of(const Read& read) {
  return {.id = read("message_id"),
          .queue = read("queue_name"),
          .actor = read("actor_name"),
          .state = read("state"),
          .uid = read("_uid"),
          .object_id = read("rel_obj_id"),
          .tenant = read("tenant_id"),
          .changed = parse_timestamp(read("mtime"))};
}

/// In whichever form a file has a boolean.
bool is_true(const std::string& value) { return value == "true" || value == "t" || value == "1"; }

/// Gives each row of a batch with its columns, and with the line that shows it.
class EachRow final : public backup::BatchRows {
 public:
  using OnRow = std::function<void(std::size_t table, const Read& read, const std::function<std::string()>& json)>;
  EachRow(const backup::BackupHeader& header, OnRow on_row) : header_(header), on_row_(std::move(on_row)) {}

  void rows(std::size_t table, std::string_view tuples) override {
    const backup::KeptTable& shape = header_.tables[table];
    backup::check_rows(shape, tuples, [&](const TupleReader& row) {
      on_row_(table, reader_of(shape, row), [&] { return backup::json_of_row(shape, row); });
    });
  }
  void json_row(std::size_t table, std::string_view json) override {
    const ForeignJson row = backup::parse_json_row(json);
    on_row_(table, reader_of(row), [&] { return std::string(json); });
  }

 private:
  const backup::BackupHeader& header_;
  OnRow on_row_;
};

/// The table's columns that may name a task.
std::vector<std::string> keys_of(const backup::KeptTable& table) {
  std::vector<std::string> keys;
  for (const backup::KeptColumn& column : table.columns) {
    if (column.type == "uuid") keys.push_back(column.name);
  }
  return keys;
}

}  // namespace

BackupTasks::BackupTasks(backup::BackupFile& file, TaskChoice choice) : file_(file), choice_(std::move(choice)) {
  for (const TaskCondition& row : task_conditions()) {
    if (row.check_file != nullptr && row.typed(choice_)) row.check_file(choice_);
  }
  std::set<std::string> actors;
  for (const auto& [key, count] : file_.contents().tasks) actors.insert(key.second);
  if (!choice_.actors.empty()) choice_.actors = resolve_actors(choice_.actors, {actors.begin(), actors.end()});
  created_ = parse_timestamp(file_.contents().header.created).value_or(0);
}

bool BackupTasks::chosen(const BackupTask& task, const Logged& logged) const {
  const FileScope scope{task, logged.with_text.contains(task.id), created_, logged.as_bad.contains(task.id)};
  return std::ranges::all_of(task_conditions(), [&](const TaskCondition& row) {
    return row.holds == nullptr || !row.typed(choice_) || row.holds(choice_, scope);
  });
}

std::set<std::string> BackupTasks::choose(const backup::BackupBatch& batch, const OnTask& on_task) {
  const backup::BackupHeader& header = file_.contents().header;
  const std::string text = lower_case(choice_.log_text);
  const std::vector<std::string> bad =
      choice_.log_level.empty() ? std::vector<std::string>() : levels_from(choice_.log_level);
  Logged logged;
  std::set<std::string> ids;
  EachRow rows(header, [&](std::size_t table, const Read& read, const auto&) {
    // The log comes before its tasks.
    if (header.tables[table].name == kTaskLogTable) {
      if (!text.empty() && lower_case(read("event")).find(text) != std::string::npos)
        logged.with_text.insert(read("task_id"));
      const bool previous = !bad.empty() && is_true(read("previous"));
      if (!bad.empty() && !previous && is_among(bad, read("log_level"))) logged.as_bad.insert(read("task_id"));
    }
    if (table != 0 || (choice_.limit && given_ >= *choice_.limit)) return;
    const BackupTask task = task_of(read);
    if (!chosen(task, logged)) return;
    ++given_;
    on_task(task);
    ids.insert(task.id);
  });
  file_.read(batch, rows);
  return ids;
}

std::int64_t BackupTasks::each(const OnTask& on_task) {
  given_ = 0;
  for (const backup::BackupBatch& batch : file_.contents().batches) {
    if (batch.fate != backup::BatchFate::rolled_back) choose(batch, on_task);
  }
  return given_;
}

void BackupTasks::each_row(const OnLine& on_line) {
  given_ = 0;
  const backup::BackupHeader& header = file_.contents().header;
  for (const backup::BackupBatch& batch : file_.contents().batches) {
    if (batch.fate == backup::BatchFate::rolled_back) continue;
    const std::set<std::string> ids = choose(batch, [](const BackupTask&) {});
    if (ids.empty()) continue;
    EachRow rows(header, [&](std::size_t table, const Read& read, const std::function<std::string()>& json) {
      const auto names_one = [&](const std::string& key) { return ids.contains(read(key)); };
      if (std::ranges::any_of(keys_of(header.tables[table]), names_one))
        on_line("[" + std::to_string(table) + "," + json() + "]");
    });
    file_.read(batch, rows);
  }
}

}  // namespace akqueue::queue

#include "queue/filter/backup_tasks.hpp"

#include <algorithm>
#include <cctype>

#include "akqueue/error.hpp"
#include "akqueue/tasks.hpp"
#include "backup/json_row.hpp"
#include "backup/rows.hpp"
#include "queue/filter/name_resolution.hpp"

namespace akqueue {
namespace {

bool among(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// A column of a row, whichever version the file has; empty for NULL.
using Read = std::function<std::string(std::string_view column)>;

Read reader_of(const KeptTable& table, const TupleReader& row) {
  return [&](std::string_view column) { return text_in(table, row, column); };
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

/// Gives each row of a batch with its columns, and with the line that shows it.
class EachRow final : public BatchRows {
 public:
  using OnRow = std::function<void(std::size_t table, const Read& read, const std::function<std::string()>& json)>;
  EachRow(const BackupHeader& header, OnRow on_row) : header_(header), on_row_(std::move(on_row)) {}

  void rows(std::size_t table, std::string_view tuples) override {
    const KeptTable& shape = header_.tables[table];
    check_rows(shape, tuples, [&](const TupleReader& row) {
      on_row_(table, reader_of(shape, row), [&] { return json_of_row(shape, row); });
    });
  }
  void json_row(std::size_t table, std::string_view json) override {
    const ForeignJson row = parse_json_row(json);
    on_row_(table, reader_of(row), [&] { return std::string(json); });
  }

 private:
  const BackupHeader& header_;
  OnRow on_row_;
};

/// The table's columns that may name a task.
std::vector<std::string> keys_of(const KeptTable& table) {
  std::vector<std::string> keys;
  for (const KeptColumn& column : table.columns) {
    if (column.type == "uuid") keys.push_back(column.name);
  }
  return keys;
}

[[noreturn]] void only_a_site_knows(const std::string& option, const std::string& why, const std::string& hint) {
  throw Error(ErrorCode::usage, option + " can't choose among the rows of a backup: " + why, hint);
}

void check_choice(const TaskChoice& choice) {
  if (choice.expired || choice.keep_newest)
    only_a_site_knows(choice.expired ? "--expired" : "--keep-newest", "it is about a table of this moment",
                      "--older-than chooses by age");
  for (const std::string& object : choice.objects) {
    const bool id =
        Uuid::parse(object) || std::ranges::all_of(object, [](unsigned char c) { return std::isdigit(c) != 0; });
    if (!id)
      only_a_site_knows("--object " + object, "kinds of objects are known to their site alone",
                        "give the object's id: --object ID");
  }
}

}  // namespace

BackupTasks::BackupTasks(BackupFile& file, TaskChoice choice) : file_(file), choice_(std::move(choice)) {
  check_choice(choice_);
  std::set<std::string> actors;
  for (const auto& [key, count] : file_.contents().tasks) actors.insert(key.second);
  if (!choice_.actors.empty()) choice_.actors = resolve_actors(choice_.actors, {actors.begin(), actors.end()});
  created_ = parse_timestamp(file_.contents().header.created).value_or(0);
}

bool BackupTasks::chosen(const BackupTask& task, const std::set<std::string>& logged) const {
  if (!among(choice_.queues, task.queue) || !among(choice_.states, task.state) || !among(choice_.actors, task.actor) ||
      !among(choice_.objects, task.object_id))
    return false;
  if (!among(choice_.uids, task.uid) && !among(choice_.uids, task.actor + ":" + task.uid)) return false;
  const auto begins = [](const std::string& text) {
    return [&](const std::string& beginning) { return text.starts_with(lower(beginning)); };
  };
  if (!choice_.tenants.empty() && std::ranges::none_of(choice_.tenants, begins(task.tenant))) return false;
  if (choice_.has_ids()) {
    const auto id = Uuid::parse(task.id);
    const bool whole = id && std::ranges::find(choice_.ids, *id) != choice_.ids.end();
    if (!whole && std::ranges::none_of(choice_.id_beginnings, begins(task.id))) return false;
  }
  const std::int64_t age = task.changed ? created_ - *task.changed : 0;
  if (choice_.older_than_s && age <= *choice_.older_than_s * kSecond) return false;
  if (choice_.newer_than_s && age > *choice_.newer_than_s * kSecond) return false;
  return choice_.log_text.empty() || logged.contains(task.id);
}

std::set<std::string> BackupTasks::choose(const BackupBatch& batch, const OnTask& on_task) {
  const BackupHeader& header = file_.contents().header;
  const std::string text = lower(choice_.log_text);
  std::set<std::string> logged;
  std::set<std::string> ids;
  EachRow rows(header, [&](std::size_t table, const Read& read, const auto&) {
    // The log stands before its tasks.
    if (header.tables[table].name == kTaskLogTable && !text.empty() &&
        lower(read("event")).find(text) != std::string::npos)
      logged.insert(read("task_id"));
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
  for (const BackupBatch& batch : file_.contents().batches) {
    if (batch.fate != BatchFate::rolled_back) choose(batch, on_task);
  }
  return given_;
}

void BackupTasks::each_row(const OnLine& on_line) {
  given_ = 0;
  const BackupHeader& header = file_.contents().header;
  for (const BackupBatch& batch : file_.contents().batches) {
    if (batch.fate == BatchFate::rolled_back) continue;
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

}  // namespace akqueue

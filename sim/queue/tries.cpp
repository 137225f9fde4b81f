#include "queue/tries.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "queue/insert.hpp"
#include "queue/task_logs.hpp"
#include "queue/tasks.hpp"
#include "scenario/for_release.hpp"
#include "scenario/task_groups.hpp"

namespace akqueue::sim {

std::vector<Failing> failing_of(World& world) {
  if (world.fact("failing").empty()) return {};
  return read_failing(world.json_fact("failing"), world.fact("scenario"));
}

void Tries::work_off(std::int64_t count, Timestamp since, Timestamp at) {
  const std::vector<Tried> tried = take_due(count, since, at);
  end(tried);
  log(tried, at);
}

const Failing* Tries::fails(std::string_view actor, std::string_view uid) const {
  const auto found = std::ranges::find_if(
      failing_, [&](const Failing& one) { return one.actor == actor && (one.uid.empty() || one.uid == uid); });
  return found == failing_.end() ? nullptr : &*found;
}

std::vector<Tries::Tried> Tries::take_due(std::int64_t count, Timestamp since, Timestamp at) {
  const bool has_eta = schema_.find(kTaskTable)->has("eta");
  Statement due = world_.database().prepare(
      "SELECT message_id, mtime, actor_name, _uid FROM " + std::string(kTaskTable) + " WHERE state = 'queued'" +
      (has_eta ? " AND (eta IS NULL OR eta <= ?1)" : "") + " ORDER BY mtime LIMIT ?2");
  const std::string now = format_timestamp(at);
  if (has_eta) due.bind_text(1, now);
  due.bind_integer(2, count);
  std::vector<Tried> tried;
  while (due.step())
    tried.push_back(
        {std::string(due.text(0)), parse_timestamp(due.text(1)).value_or(since), fails(due.text(2), due.text(3))});
  for (std::size_t i = 0; i < tried.size(); ++i) {
    const auto part = static_cast<double>(i + 1) / static_cast<double>(tried.size());
    // Not before it came.
    tried[i].at = std::max(tried[i].at, since + static_cast<Timestamp>(static_cast<double>(at - since) * part));
  }
  return tried;
}

void Tries::end(const std::vector<Tried>& tried) {
  const std::string emptied = keeps_done_messages(world_.fact("version")) ? "" : ", message = x''";
  const std::string no_eta = schema_.find(kTaskTable)->has("eta") ? ", eta = NULL" : "";
  const auto ended = [&](std::string_view state, const std::string& more) {
    return world_.database().prepare("UPDATE " + std::string(kTaskTable) + " SET state = '" + std::string(state) +
                                     "', mtime = ?1, result_expiry = ?2" + more + no_eta + " WHERE message_id = ?3");
  };
  Statement finish = ended(task_state::kDone, emptied);
  Statement reject = ended(task_state::kRejected, "");
  for (const Tried& task : tried) {
    const std::string then = format_timestamp(task.at);
    const std::string expiry = format_timestamp(task.at + kResultAge);
    Statement& update = task.failed != nullptr ? reject : finish;
    update.bind_text(1, then).bind_text(2, expiry).bind_text(3, task.id).run();
  }
}

/// What the middleware writes at the end. (2025.8 has no table for it; there the rows only show how they came.)
void Tries::log(const std::vector<Tried>& tried, Timestamp at) {
  const SchemaTable* table = schema_.find(kTaskLogTable);
  if (table == nullptr) return;
  TaskGroup finished;
  finished.state = task_state::kDone;
  TaskGroup rejected;
  rejected.state = task_state::kRejected;
  Insert insert(world_.database(), *table,
                {"id", "event", "log_level", "logger", "timestamp", "attributes", "previous", "task_id"});
  Random random(static_cast<std::uint64_t>(at) + 1);
  for (const Tried& task : tried) {
    if (task.failed != nullptr) rejected.error = task.failed->error;
    const std::vector<LogRow> rows = log_rows(task.failed != nullptr ? rejected : finished);
    // The first row, that it was queued, was written when it came.
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const std::string id = random.uuid();
      const std::string time = format_timestamp(log_time(task.at, i, rows.size()));
      insert.text(0, id);
      insert.text(1, rows[i].event);
      insert.text(2, rows[i].level);
      insert.text(3, rows[i].logger);
      insert.text(4, time);
      insert.text(5, rows[i].attributes);
      insert.integer(6, 0);
      insert.text(7, task.id);
      insert.run();
    }
  }
}

}  // namespace akqueue::sim

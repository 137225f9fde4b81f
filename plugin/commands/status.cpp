#include "commands/status.hpp"

#include <set>

#include "akqueue/tasks.hpp"
#include "commands/site.hpp"
#include "queue/status.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

std::string age(Timestamp now, const std::optional<Timestamp>& at) { return at ? format_age((now - *at) / kSecond) : std::string(); }

Json document_of_status(const Site& site, const QueueStatus& status) {
  Json document = document_of("status");
  document["site"] = site.to_json();
  document["now"] = format_timestamp(status.now);
  document["tasks"] = status.total();
  document["states"] = Json::array();
  for (const QueueState& state : status.states) {
    Json one{{"queue", state.queue}, {"state", state.state}, {"tasks", state.tasks}};
    one["oldest"] = to_json(state.oldest);
    if (state.state == task_state::kQueued) one["due_later"] = state.later;
    document["states"].push_back(std::move(one));
  }
  document["queued"] = {{"tasks", status.queued()},
                        {"due_now", status.queued() - status.queued_later()},
                        {"due_later", status.queued_later()},
                        {"next_due", to_json(status.next_eta())},
                        {"oldest", to_json(status.oldest_queued())}};
  document["taken"] = {{"tasks", status.held + status.orphaned}, {"held", status.held}, {"orphaned", status.orphaned}};
  // The workers' locks are on the primary.
  if (site.facts.standby) document["taken"]["held"] = document["taken"]["orphaned"] = nullptr;
  document["workers"] = {{"alive", status.workers_alive()}, {"seen", Json::array()}};
  for (const WorkerHeartbeat& worker : status.workers) {
    document["workers"]["seen"].push_back({{"hostname", worker.hostname}, {"version", worker.version}, {"last_seen", to_json(worker.last_seen)}});
  }
  document["tables"] = Json::array();
  for (const TableSize& table : status.tables) {
    document["tables"].push_back({{"table", table.table}, {"bytes", table.bytes}, {"rows_estimate", table.rows_estimate ? Json(*table.rows_estimate) : Json()}});
  }
  return document;
}

std::string header_lines(const Site& site) {
  std::string text = "authentik" + (site.facts.authentik.empty() ? "" : " " + visible(site.facts.authentik)) + ", " + site.where() + "\n";
  text += "database " + visible(site.facts.database) + ", ";
  text += (site.facts.engine == "postgresql" ? "PostgreSQL" : visible(site.facts.engine)) + " " + visible(site.facts.server_version);
  return text + (site.facts.standby ? ", a standby" : "") + "\n\n";
}

std::string states_table(const Terminal& terminal, const QueueStatus& status) {
  if (status.states.empty()) return "The task table is empty.\n";
  Listing listing({{"QUEUE"}, {"STATE"}, {"TASKS", true}, {"SHARE", true}, {"OLDEST", true}});
  for (const QueueState& state : status.states) {
    listing.add({state.queue, state.state, with_separators(state.tasks), format_share(state.tasks, status.total()), age(status.now, state.oldest)});
  }
  return listing.draw(terminal);
}

std::string queued_line(const QueueStatus& status) {
  if (status.queued() == 0) return "none";
  const std::int64_t later = status.queued_later();
  std::string line = with_separators(status.queued()) + ": " + with_separators(status.queued() - later) + " due now";
  if (later > 0) {
    line += ", " + with_separators(later) + " later";
    if (const auto next = status.next_eta()) line += " (next in " + format_age((*next - status.now) / kSecond) + ")";
  }
  return line + "; the oldest " + age(status.now, status.oldest_queued());
}

std::string taken_line(const Site& site, const QueueStatus& status) {
  if (site.facts.standby) return with_separators(status.held + status.orphaned) + " by workers; a standby can't tell whether they live";
  std::string line = with_separators(status.held) + " held by live workers, " + with_separators(status.orphaned) + " orphaned";
  return status.orphaned > 0 ? line + " (the next worker takes them up)" : line;
}

std::string workers_line(const QueueStatus& status) {
  if (status.workers.empty()) return "none has ever reported";
  return with_separators(status.workers_alive()) + " alive of " + with_separators(static_cast<std::int64_t>(status.workers.size())) +
         " seen, last heartbeat " + age(status.now, status.workers.front().last_seen) + " ago";
}

std::string tables_line(const QueueStatus& status) {
  std::string line;
  for (const TableSize& table : status.tables) {
    if (!line.empty()) line += "; ";
    const std::string_view prefix = "authentik_tasks_";
    const std::string name = table.table.starts_with(prefix) ? table.table.substr(prefix.size()) : table.table;
    line += visible(name) + " " + format_size(table.bytes);
    // The scan has counted the tasks themselves; the catalog's figure may be old.
    if (table.table == kTaskTable) {
      line += " (" + count_of(status.total(), "row", "rows") + ")";
    } else if (table.rows_estimate) {
      line += " (about " + count_of(*table.rows_estimate, "row", "rows") + ")";
    }
  }
  return line;
}

std::string heartbeats_table(const Terminal& terminal, const QueueStatus& status) {
  Listing listing({{"WORKER", false, true}, {"VERSION"}, {"LAST-SEEN", true}});
  for (const WorkerHeartbeat& worker : status.workers) listing.add({worker.hostname, worker.version, age(status.now, worker.last_seen)});
  return listing.empty() ? "" : "\n" + listing.draw(terminal);
}

std::string names(const QueueStatus& status) {
  std::set<std::string> queues;
  for (const QueueState& state : status.states) queues.insert(state.queue);
  std::string text;
  for (const std::string& queue : queues) text += "queue/" + visible(queue) + "\n";
  return text;
}

}  // namespace

int run_status(const Invocation& invocation) {
  const Site site = enter(invocation);
  QueueStatus status;
  {
    const Transaction transaction(*site.session, kLooking);
    status = read_status(site.database(), transaction.now());
  }
  Terminal& terminal = invocation.world.terminal;
  const std::string output = invocation.options.text("output", "table");
  if (invocation.machine_output()) {
    terminal.out(as_json(invocation, document_of_status(site, status)));
    return 0;
  }
  if (output == "name") {
    terminal.out(names(status));
    return 0;
  }
  std::string text = header_lines(site) + states_table(terminal, status) + "\n";
  text += "Queued    " + queued_line(status) + "\n";
  text += "Taken     " + taken_line(site, status) + "\n";
  text += "Workers   " + workers_line(status) + "\n";
  text += "Tables    " + tables_line(status) + "\n";
  if (output == "wide") text += heartbeats_table(terminal, status);
  terminal.out(text);
  return 0;
}

}  // namespace akqueue

#include "commands/look/commands.hpp"

#include <algorithm>
#include <set>

#include "akqueue/tasks.hpp"
#include "commands/look/status_all_sites.hpp"
#include "commands/look/status_document.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

std::string age(Timestamp now, const std::optional<Timestamp>& at) {
  return at ? format_age((now - *at) / kSecond) : std::string();
}

std::string number(std::int64_t count, bool estimated) { return (estimated ? "~" : "") + with_separators(count); }

std::string header_lines(const Site& site) {
  std::string text = "authentik" + (site.facts.authentik.empty() ? "" : " " + visible(site.facts.authentik)) + ", " +
                     site.where() + "\n";
  text += "database " + visible(site.facts.database) + ", ";
  text += (site.facts.engine == "postgresql" ? "PostgreSQL" : visible(site.facts.engine)) + " " +
          visible(site.facts.server_version);
  return text + (site.facts.standby ? ", a standby" : "") + "\n\n";
}

std::string states_table(const Terminal& terminal, const QueueStatus& status) {
  if (status.states.empty()) return "The task table is empty.\n";
  Listing listing({{"QUEUE"}, {"STATE"}, {"TASKS", true}, {"SHARE", true}, {"OLDEST", true}});
  for (const QueueState& state : status.states) {
    const QueueCount& count = state.count;
    listing.add({count.queue, count.state, number(count.tasks, count.estimated),
                 format_share(count.tasks, status.total()), age(status.now, state.oldest)});
  }
  return listing.draw(terminal);
}

std::string queued_line(const QueueStatus& status) {
  if (status.queued() == 0) return "none";
  const std::int64_t later = status.queued_later();
  const bool estimated = std::ranges::any_of(status.states, [](const QueueState& state) {
    return state.count.estimated && state.count.state == task_state::kQueued;
  });
  std::string line =
      number(status.queued(), estimated) + ": " + number(status.queued() - later, estimated) + " due now";
  if (later > 0) {
    line += ", " + number(later, estimated) + " later";
    if (const auto next = status.next_eta()) line += " (next in " + format_age((*next - status.now) / kSecond) + ")";
  }
  return line + "; the oldest " + age(status.now, status.oldest_queued());
}

std::string taken_line(const Site& site, const QueueStatus& status) {
  if (site.facts.standby)
    return with_separators(status.held + status.orphaned) + " by workers; a standby can't tell whether they live";
  std::string line =
      with_separators(status.held) + " held by live workers, " + with_separators(status.orphaned) + " orphaned";
  return status.orphaned > 0 ? line + " (the next worker takes them up)" : line;
}

std::string flow_line(const Flow& flow) {
  if (flow.actors.empty()) return "nothing came, nothing was finished";
  return with_separators(flow.came()) + " came and wait, " + with_separators(flow.done()) + " done, " +
         with_separators(flow.rejected()) + " rejected";
}

/// The two that grow the most, by the last part of their names.
std::string growing_line(const Flow& flow) {
  constexpr std::size_t kShown = 2;
  std::string line;
  for (std::size_t i = 0; i < flow.actors.size() && i < kShown && flow.actors[i].growth() > 0; ++i) {
    const ActorFlow& actor = flow.actors[i];
    line += (line.empty() ? "" : ", ") + visible(actor.actor.substr(actor.actor.rfind('.') + 1)) + " +" +
            with_separators(actor.growth());
  }
  return line;
}

std::string finished_line(const LogLevels& levels) {
  std::string line;
  for (const LevelCount& count : levels.levels) {
    line += (line.empty() ? "" : ", ") + number(count.tasks, levels.estimated) + " " +
            (count.level.empty() ? "without a log" : visible(count.level));
  }
  return line + " (worst log level)";
}

std::string workers_line(const QueueStatus& status) {
  if (status.workers.empty()) return "none has ever reported";
  return with_separators(status.workers_alive()) + " alive of " +
         with_separators(static_cast<std::int64_t>(status.workers.size())) + " seen, last heartbeat " +
         age(status.now, status.workers.front().last_seen) + " ago";
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
      line += std::string(" (") + (status.estimated() ? "~" : "") + count_of(status.total(), "row", "rows") + ")";
    } else if (table.rows_estimate) {
      line += " (~" + count_of(*table.rows_estimate, "row", "rows") + ")";
    }
  }
  return line;
}

/// A drain that nobody has finished: the workers are down, and that explains the rest.
std::string drain_lines(const Site& site) {
  std::string lines;
  for (const Deployment& deployment : site.inventory.deployments) {
    if (!deployment.annotations.contains(kDrainAnnotation)) continue;
    lines += "Drain     unfinished: deployment/" + visible(deployment.name) + " is at " +
             std::to_string(deployment.replicas);
    const auto note = readable_note(deployment);
    if (note)
      lines += ", was " + std::to_string(note->replicas) + "; begun by " + visible(note->by) + " at " +
               visible(note->at.substr(0, 19)) + "Z" + (note->deleted ? ", its deletion is done" : "");
    lines += "\n          kubectl akqueue drain --resume finishes it, drain --cancel scales back\n";
  }
  return lines;
}

std::string heartbeats_table(const Terminal& terminal, const QueueStatus& status) {
  Listing listing({{"WORKER", false, true}, {"VERSION"}, {"LAST-SEEN", true}});
  for (const WorkerHeartbeat& worker : status.workers)
    listing.add({worker.hostname, worker.version, age(status.now, worker.last_seen)});
  return listing.empty() ? "" : "\n" + listing.draw(terminal);
}

std::string names(const QueueStatus& status) {
  std::set<std::string> queues;
  for (const QueueState& state : status.states) queues.insert(state.count.queue);
  std::string text;
  for (const std::string& queue : queues) text += "queue/" + visible(queue) + "\n";
  return text;
}

int run_status(const Invocation& invocation) {
  if (invocation.options.has(kEverywhere.name)) return run_status_everywhere(invocation);
  const Site site = enter(invocation);
  const QueueStatus status = read_status_of(invocation, site);
  Terminal& terminal = invocation.environment.terminal;
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
  text += "Last " + format_age(QueueStatus::kFlowSeconds / 60 * 60) + "   " + flow_line(status.flow) + "\n";
  const std::string growing = growing_line(status.flow);
  if (!growing.empty()) text += "Growing   " + growing + "\n";
  if (!status.log_levels_in_time)
    text += "Finished  " + with_separators(status.finished()) + "; their worst log levels could not be read in time\n";
  if (!status.log_levels.levels.empty()) text += "Finished  " + finished_line(status.log_levels) + "\n";
  text += "Workers   " + workers_line(status) + "\n";
  text += "Tables    " + tables_line(status) + "\n";
  text += drain_lines(site);
  if (output == "wide") text += heartbeats_table(terminal, status);
  terminal.out(text);
  return 0;
}

}  // namespace

Command status_command() {
  return {.name = "status",
          .group = "Look",
          .summary = "Show the queue at one glance",
          .arguments = "",
          .description =
              "Tasks by queue and state, how long the oldest has waited, what is due now or later,\n"
              "what workers hold and what dead workers left behind, what came and was finished in the\n"
              "last minutes, finished tasks by the worst level in their log, heartbeats, table sizes.\n"
              "Counts in tables of millions of rows are estimates, marked with ~, unless --exact.\n"
              "Reads only, and works on a standby.",
          .options = {{"exact", 0, "", "count every row, however many there are"}, kEverywhere},
          .examples = {{"status", "the queue of the current context"},
                       {"status -A", "a line for each authentik of the cluster"},
                       {"status -n sso --context prod", "of another site"},
                       {"status -o json", "for a script"}},
          .outputs = "table|wide|json|jsonl|name",
          .run = run_status};
}

}  // namespace akqueue

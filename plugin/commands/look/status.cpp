#include "commands/look/commands.hpp"

#include <algorithm>
#include <set>

#include "akqueue/tasks.hpp"
#include "cluster/shared_record.hpp"
#include "commands/look/status_all_sites.hpp"
#include "commands/look/status_document.hpp"
#include "commands/schedules/schedule_text.hpp"
#include "commands/shared/drain_words.hpp"
#include "commands/shared/taken_words.hpp"
#include "diagnosis/wrong.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

std::string age(Timestamp now, const std::optional<Timestamp>& at) {
  return at ? format_age((now - *at) / kSecond) : std::string();
}

std::string number(std::int64_t count, bool estimated) { return (estimated ? "~" : "") + with_separators(count); }

ui::Text header_lines(const Site& site) {
  const session::DatabaseFacts& facts = site.facts;
  ui::Text text = "authentik";
  if (!facts.authentik.empty()) text += ui::format_text(" {}", facts.authentik);
  text += ui::format_text(", {}\ndatabase {}, {} {}", site.where(), facts.database,
                          facts.engine == "postgresql" ? "PostgreSQL" : facts.engine, facts.server_version);
  if (facts.standby) text += ", a standby";
  if (facts.pooled) text += ", behind a connection pooler";
  return text + "\n\n";
}

ui::Text states_table(const ui::Terminal& terminal, const queue::QueueStatus& status) {
  if (status.states.empty() && !terminal.tables().csv) return "The task table is empty.\n";
  ui::Listing listing({{"QUEUE"}, {"STATE"}, {"TASKS", true}, {"SHARE", true}, {"OLDEST", true}});
  for (const queue::QueueState& state : status.states) {
    const queue::QueueCount& count = state.count;
    listing.add({count.queue, count.state, number(count.tasks, count.estimated),
                 ui::format_share(count.tasks, status.total()), age(status.now, state.oldest)});
  }
  return listing.draw(terminal);
}

ui::Text queued_line(const queue::QueueStatus& status) {
  if (status.queued() == 0) return "none";
  const std::int64_t later = status.queued_later();
  const bool estimated = std::ranges::any_of(status.states, [](const queue::QueueState& state) {
    return state.count.estimated && state.count.state == task_state::kQueued;
  });
  ui::Text line =
      ui::format_text("{}: {} due now", number(status.queued(), estimated), number(status.queued() - later, estimated));
  if (later > 0) {
    line += ui::format_text(", {} later", number(later, estimated));
    if (const auto next = status.next_eta())
      line += ui::format_text(" (next in {})", format_age((*next - status.now) / kSecond));
  }
  return line + ui::format_text("; the oldest {}", age(status.now, status.oldest_queued()));
}

ui::Text taken_line(const Site& site, const queue::QueueStatus& status) {
  if (site.facts.standby) {
    return ui::format_text("{} by workers; a standby can't tell whether these are alive",
                           with_separators(status.taken()));
  }
  const ui::Text line = taken_words(
      {.held = status.held, .stranded = status.stranded, .ending = status.ending, .orphaned = status.orphaned});
  return status.orphaned > 0 ? line + " (a starting worker takes them up)" : line;
}

ui::Text flow_line(const queue::Flow& flow) {
  if (flow.actors.empty()) return "nothing came, nothing was finished";
  ui::Text line = ui::format_text("{} came and wait", with_separators(flow.came()));
  if (flow.put_back() > 0) line += ui::format_text(", {} put back to wait", with_separators(flow.put_back()));
  return line +
         ui::format_text(", {} done, {} rejected", with_separators(flow.done()), with_separators(flow.rejected()));
}

/// Behind a pooler, locks say little about workers, and nothing about which of them has a task.
ui::Text pooler_line(const Site& site, const queue::QueueStatus& status) {
  if (!site.facts.pooled || status.held + status.stranded == 0) return {};
  return "          behind a pooler locks outlive their workers: kubectl akqueue drain takes what is locked still\n";
}

/// The two that grow the most, by the last part of their names.
ui::Text growing_line(const queue::Flow& flow) {
  constexpr std::size_t kShown = 2;
  std::vector<ui::Text> words;
  for (std::size_t i = 0; i < flow.actors.size() && i < kShown && flow.actors[i].growth() > 0; ++i) {
    const queue::ActorFlow& actor = flow.actors[i];
    words.push_back(ui::format_text("{} +{}", short_name(actor.actor), with_separators(actor.growth())));
  }
  return ui::joined(words);
}

ui::Text finished_line(const queue::LogLevels& levels) {
  std::vector<ui::Text> words;
  for (const queue::LevelCount& count : levels.levels) {
    words.push_back(ui::format_text("{} {}", number(count.tasks, levels.estimated),
                                    count.level.empty() ? "without a log" : count.level));
  }
  const ui::Text off = levels.margin > 0 ? ui::format_text(", give or take {}", with_separators(levels.margin)) : "";
  return ui::joined(words) + " (worst log level" + off + ")";
}

ui::Text workers_line(const queue::QueueStatus& status) {
  const std::vector<queue::WorkerHeartbeat>& workers = status.heartbeats.workers;
  if (workers.empty()) return "none has ever reported";
  return ui::format_text("{} alive of {} seen, last heartbeat {} ago", with_separators(status.heartbeats.alive()),
                         with_separators(static_cast<std::int64_t>(workers.size())),
                         age(status.now, workers.front().last_seen));
}

ui::Text tables_line(const queue::QueueStatus& status) {
  std::vector<ui::Text> words;
  for (const queue::TableSize& table : status.tables) {
    const std::string_view prefix = "authentik_tasks_";
    const std::string name = table.table.starts_with(prefix) ? table.table.substr(prefix.size()) : table.table;
    words.push_back(ui::format_text("{} {}", name, ui::format_size(table.bytes)));
    // The scan has counted the tasks themselves; the catalog's figure may be old.
    if (table.table == kTaskTable) {
      words.back() +=
          ui::format_text(" ({}{})", status.estimated() ? "~" : "", count_of(status.total(), "row", "rows"));
    } else if (table.rows_estimate) {
      words.back() += ui::format_text(" ({}{})", *table.rows_estimate == 0 ? "" : "~",
                                      count_of(*table.rows_estimate, "row", "rows"));
    }
  }
  return ui::joined(words, "; ");
}

/// What the tables keep of the disk though no row needs it.
ui::Text disk_line(const queue::QueueStatus& status) {
  std::int64_t bytes = 0;
  std::vector<std::string> tables;
  for (const queue::TableSize& table : status.tables) {
    if (!table.slack) continue;
    bytes += *table.slack;
    tables.push_back(table.table);
  }
  if (tables.empty()) return {};
  return ui::format_text(
      "Disk      about {} of that holds no row; new ones use it once it was vacuumed, and\n"
      "          VACUUM FULL gives it back, and locks the table meanwhile: {}\n",
      ui::format_size(bytes), joined(tables));
}

/// Before all else; empty where nothing is wrong.
ui::Text wrong_lines(const ui::Terminal& terminal, const Site& site, const queue::QueueStatus& status) {
  ui::Text lines;
  std::vector<std::string> more;
  for (const diagnosis::Wrong& one : diagnosis::what_is_wrong(site.inventory, status, site.facts.authentik)) {
    lines += lines.empty() ? terminal.warning("Wrong     ") : ui::Text("          ");
    lines += ui::format_text("{}\n", one.words);
    if (std::ranges::find(more, one.more) == more.end()) more.push_back(one.more);
  }
  if (lines.empty()) return lines;
  return lines + ui::format_text("          more: kubectl akqueue {}\n\n", joined(more, ", kubectl akqueue "));
}

/// The last thing that somebody did with --record.
ui::Text record_line(const Site& site, const queue::QueueStatus& status) {
  const auto records = cluster::shared_records(site.inventory);
  if (records.empty()) return {};
  const cluster::SharedRecord& last = records.front();
  const auto at = parse_timestamp(last.at);
  ui::Text line = ui::format_text("Done      {} by {}{}: {}, {}", last.command, last.by,
                                  at ? " " + format_age((status.now - *at) / kSecond) + " ago" : "",
                                  count_of(last.tasks, "task", "tasks"), last.ending);
  if (!last.reason.empty()) line += ui::format_text(" ({})", last.reason);
  return line + "\n";
}

/// Schedules that make no tasks now, though their crontabs say so.
ui::Text paused_line(const queue::QueueStatus& status) {
  constexpr std::size_t kNamed = 3;
  std::vector<ui::Text> words;
  for (const queue::Schedule& schedule : status.stopped) {
    if (words.size() == kNamed) break;
    const bool held = standing_of(schedule, status.now) == queue::Standing::held;
    words.push_back(held ? ui::format_text("{} until {}", short_schedule(schedule), short_time(*schedule.next_run))
                         : ui::Text(short_schedule(schedule)));
  }
  if (words.empty()) return {};
  if (status.stopped.size() > kNamed)
    words.push_back(ui::format_text("{} more (kubectl akqueue schedules)", status.stopped.size() - kNamed));
  return ui::format_text("Paused    {}\n", ui::joined(words));
}

ui::Text heartbeats_table(const ui::Terminal& terminal, const queue::QueueStatus& status) {
  ui::Listing listing({{"WORKER", false, true}, {"ALIVE"}, {"VERSION"}, {"LAST-SEEN", true}});
  for (const queue::WorkerHeartbeat& worker : status.heartbeats.workers)
    listing.add({worker.hostname, worker.alive ? "yes" : "no", worker.version, age(status.now, worker.last_seen)});
  return listing.empty() ? ui::Text() : "\n" + listing.draw_aside(terminal);
}

ui::Text names(const queue::QueueStatus& status) {
  std::set<std::string> queues;
  for (const queue::QueueState& state : status.states) queues.insert(state.count.queue);
  ui::Text text;
  for (const std::string& queue : queues) text += ui::format_text("queue/{}\n", queue);
  return text;
}

ui::Text describe(const ui::Terminal& terminal, const Site& site, const queue::QueueStatus& status, bool wide) {
  ui::Text text = wrong_lines(terminal, site, status) + header_lines(site) + states_table(terminal, status) + "\n";
  text += ui::format_text("Queued    {}\nTaken     {}\n{}", queued_line(status), taken_line(site, status),
                          pooler_line(site, status));
  text +=
      ui::format_text("Last {}   {}\n", format_age(queue::QueueStatus::kFlowSeconds / 60 * 60), flow_line(status.flow));
  const ui::Text growing = growing_line(status.flow);
  if (!growing.empty()) text += ui::format_text("Growing   {}\n", growing);
  if (!status.log_levels_in_time) {
    text += ui::format_text("Finished  {}; their worst log levels could not be read in time\n",
                            with_separators(status.finished()));
  }
  if (!status.log_levels.levels.empty()) text += ui::format_text("Finished  {}\n", finished_line(status.log_levels));
  text += ui::format_text("Workers   {}\nTables    {}\n", workers_line(status), tables_line(status));
  text += disk_line(status) + paused_line(status) + record_line(site, status);
  text += unfinished_drains(site.inventory);
  return wide ? text + heartbeats_table(terminal, status) : text;
}

int run_status(const cli::Invocation& invocation) {
  const Options& options = invocation.options;
  const StatusRequest request{
      .site = telling_where(read_site_request(options, invocation.command.effect, Breadth::several_sites)),
      .exact = options.has("exact"),
      .output = read_output(options)};
  if (request.site.many()) return status_of_all_sites(invocation.environment, request);
  const Site site = enter(invocation.environment, request.site);
  const queue::QueueStatus status = read_status_of(site, request.exact);
  ui::Terminal& terminal = invocation.environment.terminal;
  if (is_json(request.output)) {
    terminal.out(as_json(request.output, document_of_status(site, status)));
  } else if (request.output == OutputFormat::name) {
    terminal.out(names(status));
  } else if (request.output == OutputFormat::csv) {
    terminal.out(states_table(terminal, status));
  } else {
    terminal.out(describe(terminal, site, status, request.output == OutputFormat::wide));
  }
  return 0;
}

}  // namespace

cli::Command status_command() {
  return {.name = "status",
          .group = "Look",
          .summary = "Show the queue at a glance",
          .arguments = "",
          .description =
              "What is wrong, if anything, and the command that tells more: workers killed for want of\n"
              "memory, no worker, nothing finished, an unfinished drain, several versions. Then tasks by\n"
              "queue and state, how long the oldest has waited, what is due now or later,\n"
              "what workers hold and what dead workers left behind, what came and was finished in the\n"
              "last minutes, finished tasks by the worst level in their log, heartbeats, table sizes.\n"
              "Counts in tables of millions of rows are estimates, marked with ~, unless --exact.\n"
              "Reads only, and works on a standby.",
          .options = {{"exact", 0, "", "count every row, however many there are"}, kAllSites},
          .examples = {{"status", "the queue of the current context"},
                       {"status -A", "a line for each authentik of the cluster"},
                       {"status -n sso --context prod", "of another site"},
                       {"status -n sso -n sso-test", "a line for each authentik of these namespaces"},
                       {"status -o json", "for a script"}},
          .outputs = "table|wide|csv|json|jsonl|yaml|name|jsonpath=|custom-columns=",
          .several_namespaces = true,
          .run = run_status};
}

}  // namespace akqueue::commands

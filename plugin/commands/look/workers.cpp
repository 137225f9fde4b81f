#include "commands/look/commands.hpp"

#include "commands/look/workers_all_sites.hpp"
#include "commands/look/workers_document.hpp"
#include "commands/shared/drain_words.hpp"
#include "commands/watch/watch_loop.hpp"
#include "diagnosis/kills.hpp"
#include "diagnosis/wrong.hpp"
#include "system/pause.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

ui::Text table(const ui::Terminal& terminal, const std::vector<WorkerRow>& rows, Timestamp now, bool wide) {
  ui::Listing listing(worker_columns(wide));
  for (const WorkerRow& row : rows) listing.add(worker_cells(row, now, wide));
  return listing.draw(terminal);
}

/// `, each pod 1 process of 2 threads: at most 4 tasks at once`; what is not known is left out.
std::string capacity_words(const Capacity& capacity, const cluster::Deployment& deployment) {
  if (!capacity.processes && !capacity.threads) return {};
  std::string words = capacity.processes ? ", each pod " : ", each process ";
  if (capacity.processes)
    words += count_of(*capacity.processes, "process", "processes") + (capacity.threads ? " of " : "");
  if (capacity.threads) words += count_of(*capacity.threads, "thread", "threads");
  if (capacity.processes && capacity.threads && deployment.ready > 0)
    words += ": at most " + count_of(*capacity.processes * *capacity.threads * deployment.ready, "task", "tasks") +
             " at once";
  return words;
}

ui::Text deployment_line(const WorkersLook& look, const cluster::Deployment& deployment) {
  ui::Text line =
      ui::format_text("deployment/{}: {} of {} Ready", deployment.name, deployment.ready, deployment.replicas);
  if (const cluster::Autoscaler* scaler = look.inventory.autoscaler_of(deployment)) {
    line += ui::format_text(", {} {} between {} and {}", scaler->keda ? "KEDA" : "HPA",
                            scaler->keda ? scaler->scaled_object : scaler->name, scaler->least, scaler->most);
  }
  return ui::format_text("{}{}\n", line, capacity_words(capacity_of(look, deployment), deployment));
}

/// Whether they are killed, first; then what else deserves a look.
ui::Text headlines(const ui::Terminal& terminal, const Site& site, const WorkersLook& look) {
  const diagnosis::Kills kills = diagnosis::read_kills(look.inventory);
  const std::string words = kills.words(look.seen.now);
  ui::Text text = (kills.lately(look.seen.now) ? terminal.warning(words) : ui::Text(words)) + "\n";
  const std::string versions = diagnosis::other_versions(look.seen.heartbeats, site.facts.authentik);
  if (!versions.empty()) text += terminal.warning("Versions  ") + ui::format_text("differ: {}\n", versions);
  return text + unfinished_drains(look.inventory);
}

/// Why the scheduler finds no node for a pod.
ui::Text pending_lines(const std::vector<WorkerRow>& rows) {
  ui::Text lines;
  for (const WorkerRow& row : rows) {
    if (!row.pod->unscheduled.empty()) lines += ui::format_text("{}: {}\n", row.pod->name, row.pod->unscheduled);
  }
  return lines;
}

ui::Text describe(const ui::Terminal& terminal, const Site& site, const WorkersLook& look, bool wide) {
  const auto rows = worker_rows(look.inventory, look.metrics, look.seen);
  const bool none = rows.empty() && look.inventory.workers().empty();
  ui::Text text = headlines(terminal, site, look);
  for (const cluster::Deployment* deployment : look.inventory.workers()) text += deployment_line(look, *deployment);
  if (none)
    text +=
        "no pod and no deployment was recognised as a worker: --worker-deployment NAME or --worker-selector LABELS "
        "names them\n";
  if (!rows.empty()) text += ui::format_text("\n{}\n", table(terminal, rows, look.seen.now, wide));
  text += ui::format_text("queued: {}{}; held by workers: {}", look.seen.queued_estimated ? "~" : "",
                          with_separators(look.seen.queued), with_separators(look.seen.held_in_all()));
  if (look.seen.stranded > 0)
    text += ui::format_text("; locked, with no worker behind it: {}", with_separators(look.seen.stranded));
  text += "\n" + pending_lines(rows);
  if (!look.metrics.missing.empty()) text += ui::format_text("no metrics: {}\n", look.metrics.missing);
  for (const std::string& kind : look.inventory.refused)
    text += ui::format_text("these permissions don't allow listing {}\n", kind);
  return text;
}

void print(ui::Terminal& terminal, const OutputFormat& output, const Site& site, const WorkersLook& look) {
  if (output == OutputFormat::name) {
    for (const WorkerRow& row : worker_rows(look.inventory, look.metrics, look.seen))
      terminal.out(ui::format_text("pod/{}\n", row.pod->name));
    return;
  }
  if (output == OutputFormat::csv) {
    terminal.out(table(terminal, worker_rows(look.inventory, look.metrics, look.seen), look.seen.now, true));
    return;
  }
  terminal.out(is_json(output) ? as_json(output, document_of_workers(site, look))
                               : describe(terminal, site, look, output == OutputFormat::wide));
}

std::vector<Option> workers_options() {
  return {kAllSites,
          {"watch", 'w', "", "look again every interval, until Ctrl-C"},
          {"interval", 0, "DURATION", "with --watch: how often (default 10s)"}};
}

WorkersRequest read_workers_request(const Options& options, Effect effect) {
  return {.site = with_all_workers(read_site_request(options, effect, Breadth::several_sites)),
          .watch = options.has("watch"),
          .interval = interval_of(options, kWorkersInterval),
          .output = read_output(options)};
}

int workers_of_one_site(const cli::Environment& environment, const WorkersRequest& request) {
  ui::Terminal& terminal = environment.terminal;
  Cluster cluster = open_cluster(environment, request.site);
  std::optional<Site> site = enter(environment, cluster, look_around(environment, cluster, cluster::kWithAutoscalers));
  print(terminal, request.output, *site, look_at_workers(environment, cluster, *site, site->inventory));
  if (!request.watch) return 0;
  while (system::pause_for(environment.clock, environment.interrupts, request.interval)) {
    try {
      cluster::Inventory inventory = look_around(environment, cluster, cluster::kWithAutoscalers);
      // A session that was lost is entered anew, through whatever server is there now.
      if (!site) site = enter(environment, cluster, inventory);
      const WorkersLook now = look_at_workers(environment, cluster, *site, std::move(inventory));
      terminal.out(between_looks(request.output));
      print(terminal, request.output, *site, now);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) break;
      terminal.err(ui::format_text("can't look now: {}\n", error.what()));
      if (session::ends_session(error)) site.reset();
    }
  }
  return 0;
}

int run_workers(const cli::Invocation& invocation) {
  const WorkersRequest request = read_workers_request(invocation.options, invocation.command.effect);
  return request.site.many() ? workers_of_all_sites(invocation.environment, request)
                             : workers_of_one_site(invocation.environment, request);
}

}  // namespace

cli::Command workers_command() {
  return {
      .name = "workers",
      .group = "Look",
      .summary = "Show the workers' pods, and whether they are being killed",
      .arguments = "",
      .description =
          "The first line answers whether workers are killed for want of memory: how many, when last,\n"
          "how often their pods were started again. Then versions that differ from the server's, a\n"
          "drain that nobody has finished, and the deployments with their autoscalers, processes and\n"
          "threads; for each pod its state as kubectl has it, restarts, how its container ended last,\n"
          "memory against its limit (from the cluster's metrics API), tasks that it holds now, its last\n"
          "heartbeat and its age; with -o wide also processor, version and address. Tasks can't be told\n"
          "apart by worker where a connection pooler stands before the database.",
      .options = workers_options(),
      .examples = {{"workers", "once"}, {"workers -w", "again every ten seconds"}, {"workers -o json", "for a script"}},
      .outputs = "table|wide|csv|json|jsonl|yaml|name|jsonpath=|custom-columns=",
      .several_namespaces = true,
      .run = run_workers};
}

}  // namespace akqueue::commands

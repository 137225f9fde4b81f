#include "commands/look/commands.hpp"

#include "commands/look/workers_all_sites.hpp"
#include "commands/look/workers_document.hpp"
#include "commands/watch/watch_loop.hpp"
#include "system/pause.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

std::string table(const Invocation& invocation, const std::vector<WorkerRow>& rows, Timestamp now) {
  const bool wide = invocation.options.text("output") == "wide";
  Listing listing(worker_columns(wide));
  for (const WorkerRow& row : rows) listing.add(worker_cells(row, now, wide));
  return listing.draw(invocation.environment.terminal);
}

/// `, each pod 1 process of 2 threads: at most 4 tasks at once`; what is not known is left out.
std::string capacity_words(const Capacity& capacity, const Deployment& deployment) {
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

std::string deployment_line(const WorkersLook& look, const Deployment& deployment) {
  const Inventory& inventory = look.inventory;
  std::string line = "deployment/" + visible(deployment.name) + ": " + std::to_string(deployment.ready) + " of " +
                     std::to_string(deployment.replicas) + " Ready";
  if (const Autoscaler* scaler = inventory.autoscaler_of(deployment)) {
    line += scaler->keda ? ", KEDA " + visible(scaler->scaled_object) : ", HPA " + visible(scaler->name);
    line += " between " + std::to_string(scaler->least) + " and " + std::to_string(scaler->most);
  }
  return line + capacity_words(capacity_of(look, deployment), deployment) + "\n";
}

std::string describe(const Invocation& invocation, const WorkersLook& look) {
  const auto rows = worker_rows(look.inventory, look.metrics, look.seen);
  const Terminal& terminal = invocation.environment.terminal;
  const OomVerdict verdict = judge_kills(rows, look.seen.now);
  std::string text = (verdict.still ? terminal.warning(verdict.words) : verdict.words) + "\n";
  for (const Deployment* deployment : look.inventory.workers()) text += deployment_line(look, *deployment);
  if (!rows.empty()) text += "\n" + table(invocation, rows, look.seen.now) + "\n";
  text += "queued: " + std::string(look.seen.queued_estimated ? "~" : "") + with_separators(look.seen.queued) +
          "; held by workers: " + with_separators(look.seen.held_in_all()) + "\n";
  if (!look.metrics.missing.empty()) text += "no metrics: " + visible(look.metrics.missing) + "\n";
  for (const std::string& kind : look.inventory.refused)
    text += "these permissions don't allow to list " + visible(kind) + "\n";
  return text;
}

void print(const Invocation& invocation, const Site& site, const WorkersLook& look) {
  Terminal& terminal = invocation.environment.terminal;
  if (invocation.options.text("output") == "name") {
    for (const WorkerRow& row : worker_rows(look.inventory, look.metrics, look.seen))
      terminal.out("pod/" + visible(row.pod->name) + "\n");
    return;
  }
  terminal.out(invocation.machine_output() ? as_json(invocation, document_of_workers(site, look))
                                           : describe(invocation, look));
}

std::vector<Option> workers_options() {
  return {kEverywhere,
          {"watch", 'w', "", "look again every interval, until Ctrl-C"},
          {"interval", 0, "DURATION", "with --watch: how often (default 10s)"}};
}

int run_workers(const Invocation& invocation) {
  if (invocation.options.has(kEverywhere.name)) return run_workers_everywhere(invocation);
  Terminal& terminal = invocation.environment.terminal;
  Cluster cluster = open_cluster(invocation, false);
  const auto interval = interval_of(invocation.options, kWorkersInterval);
  std::optional<Site> site = enter(invocation, cluster, look_around(invocation, cluster, kWithAutoscalers));
  print(invocation, *site, look_at_workers(invocation, cluster, *site, site->inventory));
  if (!invocation.options.has("watch")) return 0;
  while (pause_for(invocation.environment.clock, invocation.environment.interrupts, interval)) {
    try {
      Inventory inventory = look_around(invocation, cluster, kWithAutoscalers);
      // A session that was lost is entered anew, through whatever server is there now.
      if (!site) site = enter(invocation, cluster, inventory);
      const WorkersLook now = look_at_workers(invocation, cluster, *site, std::move(inventory));
      if (!invocation.machine_output()) terminal.out("\n");
      print(invocation, *site, now);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) break;
      terminal.err("can't look now: " + visible(error.what()) + "\n");
      if (ends_session(error)) site.reset();
    }
  }
  return 0;
}

}  // namespace

Command workers_command() {
  return {
      .name = "workers",
      .group = "Look",
      .summary = "Show the workers' pods, and whether they are being killed",
      .arguments = "",
      .description =
          "The first line answers whether workers are still killed for want of memory. Then the\n"
          "deployments with their autoscalers, processes and threads, and for each pod restarts, how\n"
          "its container ended last, memory against its limit (from the cluster's metrics API), tasks\n"
          "that it holds now, its last heartbeat and its age; with -o wide also processor, version and\n"
          "address. Tasks can't be told apart by worker where a connection pooler stands before the\n"
          "database.",
      .options = workers_options(),
      .examples = {{"workers", "once"}, {"workers -w", "again every ten seconds"}, {"workers -o json", "for a script"}},
      .outputs = "table|wide|json|jsonl|name",
      .run = run_workers};
}

}  // namespace akqueue

#include "commands/workers.hpp"

#include <algorithm>

#include "commands/pausing.hpp"
#include "commands/site.hpp"
#include "commands/watching.hpp"
#include "commands/worker_rows.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr auto kUsualInterval = std::chrono::seconds(10);

/// One look at everything.
struct Look {
  Inventory inventory;
  Metrics metrics;
  WorkersSeen seen;
};

Look look(const Invocation& invocation, Cluster& cluster, const Site& site, Inventory inventory) {
  Look look;
  look.inventory = std::move(inventory);
  look.metrics = traced(invocation, cluster.kubectl, [&] { return take_metrics(cluster.kubectl, cluster.search); });
  const Transaction transaction(*site.session, kLooking);
  look.seen = read_workers(site.database(), transaction.now());
  return look;
}

std::string ago(Timestamp now, const std::optional<Timestamp>& at) { return at ? format_age((now - *at) / kSecond) : std::string(); }

std::string last_end(const Pod& pod, Timestamp now) {
  if (!pod.last_end) return {};
  const std::string reason = pod.last_end->reason.empty() ? "exit " + std::to_string(pod.last_end->exit_code) : pod.last_end->reason;
  return pod.last_end->at ? reason + " " + ago(now, pod.last_end->at) + " ago" : reason;
}

std::string memory_of(const WorkerRow& row, bool wide) {
  if (!row.usage) return "<no metrics>";
  const std::string used = format_size(row.usage->memory);
  if (!row.pod->memory_limit || *row.pod->memory_limit == 0) return used;
  const std::string share = format_share(row.usage->memory, *row.pod->memory_limit) + " of " + format_size(*row.pod->memory_limit);
  return wide ? used + ", " + share : share;
}

std::string state_of(const Pod& pod) {
  if (pod.terminating) return "Terminating";
  return pod.ready ? "Ready" : (pod.phase == "Running" && !pod.trouble.empty() ? pod.trouble : "not ready");
}

std::string table(const Invocation& invocation, const std::vector<WorkerRow>& rows, Timestamp now) {
  const bool wide = invocation.options.text("output") == "wide";
  std::vector<ListingColumn> columns{{"NAME", false, true}, {"STATE"}, {"RESTARTS", true}, {"LAST-END"}, {"MEMORY"}, {"HELD", true}, {"HEARTBEAT", true}};
  if (wide) columns.insert(columns.end(), {{"CPU", true}, {"VERSION"}, {"IP"}});
  columns.push_back({"AGE", true});
  Listing listing(columns);
  for (const WorkerRow& row : rows) {
    std::vector<std::string> cells{row.pod->name, state_of(*row.pod), std::to_string(row.pod->restarts), last_end(*row.pod, now), memory_of(row, wide),
                                   row.held ? with_separators(*row.held) : "<unknown>", row.heartbeat ? ago(now, row.heartbeat->last_seen) : std::string()};
    if (wide) cells.insert(cells.end(), {row.usage ? std::to_string(row.usage->cpu_milli) + "m" : "<no metrics>", row.heartbeat ? row.heartbeat->version : "", row.pod->ip});
    cells.push_back(ago(now, row.pod->started));
    listing.add(std::move(cells));
  }
  return listing.draw(invocation.world.terminal);
}

std::string deployment_line(const Inventory& inventory, const Deployment& deployment) {
  std::string line = "deployment/" + visible(deployment.name) + ": " + std::to_string(deployment.ready) + " of " + std::to_string(deployment.replicas) + " Ready";
  if (const Autoscaler* scaler = inventory.autoscaler_of(deployment)) {
    line += scaler->keda ? ", KEDA " + visible(scaler->scaled_object) : ", HPA " + visible(scaler->name);
    line += " between " + std::to_string(scaler->least) + " and " + std::to_string(scaler->most);
  }
  return line + "\n";
}

std::string describe(const Invocation& invocation, const Look& look) {
  const auto rows = worker_rows(look.inventory, look.metrics, look.seen);
  const Terminal& terminal = invocation.world.terminal;
  const OomVerdict verdict = judge_kills(rows, look.seen.now);
  std::string text = (verdict.still ? terminal.warning(verdict.words) : verdict.words) + "\n";
  for (const Deployment* deployment : look.inventory.workers()) text += deployment_line(look.inventory, *deployment);
  if (!rows.empty()) text += "\n" + table(invocation, rows, look.seen.now) + "\n";
  text += "queued: " + std::string(look.seen.queued_estimated ? "~" : "") + with_separators(look.seen.queued) + "; held by workers: " + with_separators(look.seen.held_in_all()) + "\n";
  if (!look.metrics.missing.empty()) text += "no metrics: " + visible(look.metrics.missing) + "\n";
  for (const std::string& kind : look.inventory.refused) text += "these permissions don't allow to list " + visible(kind) + "\n";
  return text;
}

Json json_of(const WorkerRow& row) {
  const Pod& pod = *row.pod;
  Json one{{"name", pod.name}, {"phase", pod.phase}, {"ready", pod.ready}, {"terminating", pod.terminating}, {"restarts", pod.restarts}, {"ip", pod.ip}};
  one["started"] = to_json(pod.started);
  one["last_end"] = pod.last_end ? Json{{"reason", pod.last_end->reason}, {"exit_code", pod.last_end->exit_code}, {"at", to_json(pod.last_end->at)}} : Json();
  one["memory_bytes"] = row.usage ? Json(row.usage->memory) : Json();
  one["memory_limit_bytes"] = pod.memory_limit ? Json(*pod.memory_limit) : Json();
  one["cpu_millicores"] = row.usage ? Json(row.usage->cpu_milli) : Json();
  one["heartbeat"] = row.heartbeat ? to_json(row.heartbeat->last_seen) : Json();
  one["version"] = row.heartbeat ? Json(row.heartbeat->version) : Json();
  one["held"] = row.held ? Json(*row.held) : Json();
  return one;
}

Json document_of_workers(const Site& site, const Look& look) {
  const auto rows = worker_rows(look.inventory, look.metrics, look.seen);
  const OomVerdict verdict = judge_kills(rows, look.seen.now);
  Json document = document_of("workers");
  document["site"] = site.to_json();
  document["now"] = format_timestamp(look.seen.now);
  document["oom"] = {{"still", verdict.still}, {"words", verdict.words}};
  document["deployments"] = Json::array();
  for (const Deployment* deployment : look.inventory.workers()) {
    const Autoscaler* scaler = look.inventory.autoscaler_of(*deployment);
    Json one{{"name", deployment->name}, {"replicas", deployment->replicas}, {"ready", deployment->ready}};
    one["autoscaler"] = scaler == nullptr ? Json() : Json{{"name", scaler->name}, {"keda", scaler->keda}, {"least", scaler->least}, {"most", scaler->most}};
    document["deployments"].push_back(std::move(one));
  }
  document["workers"] = Json::array();
  for (const WorkerRow& row : rows) document["workers"].push_back(json_of(row));
  document["queued"] = {{"tasks", look.seen.queued}, {"estimated", look.seen.queued_estimated}};
  document["held"] = look.seen.held_in_all();
  document["metrics"] = look.metrics.missing.empty() ? Json() : Json(look.metrics.missing);
  document["refused"] = look.inventory.refused;
  return document;
}

void print(const Invocation& invocation, const Site& site, const Look& look) {
  Terminal& terminal = invocation.world.terminal;
  if (invocation.options.text("output") == "name") {
    for (const WorkerRow& row : worker_rows(look.inventory, look.metrics, look.seen)) terminal.out("pod/" + visible(row.pod->name) + "\n");
    return;
  }
  terminal.out(invocation.machine_output() ? as_json(invocation, document_of_workers(site, look)) : describe(invocation, look));
}

}  // namespace

std::vector<Option> workers_options() {
  return {{"watch", 'w', "", "look again every interval, until Ctrl-C"}, {"interval", 0, "DURATION", "with --watch: how often (default 10s)"}};
}

int run_workers(const Invocation& invocation) {
  Terminal& terminal = invocation.world.terminal;
  Cluster cluster = open_cluster(invocation, false);
  const auto interval = interval_of(invocation.options, kUsualInterval);
  std::optional<Site> site = enter(invocation, cluster, look_around(invocation, cluster, kWithAutoscalers));
  print(invocation, *site, look(invocation, cluster, *site, site->inventory));
  if (!invocation.options.has("watch")) return 0;
  while (pause_for(invocation.world, interval)) {
    try {
      Inventory inventory = look_around(invocation, cluster, kWithAutoscalers);
      // A session that was lost is entered anew, through whatever server is there now.
      if (!site) site = enter(invocation, cluster, inventory);
      const Look now = look(invocation, cluster, *site, std::move(inventory));
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

}  // namespace akqueue

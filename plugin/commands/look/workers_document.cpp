#include "commands/look/workers_document.hpp"

#include "akqueue/json.hpp"
#include "commands/shared/drain_words.hpp"
#include "commands/shared/worker_capacity.hpp"
#include "diagnosis/kills.hpp"
#include "diagnosis/wrong.hpp"

namespace akqueue::commands {
namespace {

Json json_of(const WorkerRow& row) {
  const cluster::Pod& pod = *row.pod;
  Json one{{"name", pod.name},         {"phase", pod.phase}, {"ready", pod.ready}, {"terminating", pod.terminating},
           {"restarts", pod.restarts}, {"ip", pod.ip}};
  one["trouble"] = pod.trouble.empty() ? Json() : Json(pod.trouble);
  one["unscheduled"] = pod.unscheduled.empty() ? Json() : Json(pod.unscheduled);
  one["started"] = to_json(pod.started);
  one["last_end"] = pod.last_end ? Json{{"reason", pod.last_end->reason},
                                        {"exit_code", pod.last_end->exit_code},
                                        {"at", to_json(pod.last_end->at)}}
                                 : Json();
  one["memory_bytes"] = row.usage ? Json(row.usage->memory) : Json();
  one["memory_limit_bytes"] = pod.memory_limit ? Json(*pod.memory_limit) : Json();
  one["cpu_millicores"] = row.usage ? Json(row.usage->cpu_milli) : Json();
  one["heartbeat"] = row.heartbeat ? to_json(row.heartbeat->last_seen) : Json();
  one["alive"] = row.heartbeat ? Json(row.heartbeat->alive) : Json();
  one["version"] = row.heartbeat ? Json(row.heartbeat->version) : Json();
  one["held"] = row.held ? Json(*row.held) : Json();
  return one;
}

}  // namespace

WorkersLook look_at_workers(const cli::Environment& environment, Cluster& cluster, const Site& site,
                            cluster::Inventory inventory) {
  WorkersLook look;
  look.inventory = std::move(inventory);
  look.metrics = traced(environment, cluster, [&] { return cluster::take_metrics(cluster.kubectl, cluster.search); });
  look.settings = diagnosis::read_settings(*site.session, look.inventory);
  const session::Transaction transaction(*site.session, kLooking);
  look.seen =
      queue::read_workers(site.database(), transaction.now(), most_held_by_each(site, look.inventory, look.settings));
  return look;
}

Capacity capacity_of(const WorkersLook& look, const cluster::Deployment& deployment) {
  return {diagnosis::number_of(look.settings, "worker.processes", deployment.name),
          diagnosis::number_of(look.settings, "worker.threads", deployment.name)};
}

Json document_of_workers(const Site& site, const WorkersLook& look) {
  const auto rows = worker_rows(look.inventory, look.metrics, look.seen);
  const diagnosis::Kills kills = diagnosis::read_kills(look.inventory);
  Json document = document_of("workers");
  document["site"] = site.to_json();
  document["now"] = format_timestamp(look.seen.now);
  document["oom"] = {{"still", kills.lately(look.seen.now)},
                     {"words", kills.words(look.seen.now)},
                     {"killed", kills.killed},
                     {"workers", kills.workers},
                     {"restarts", kills.restarts}};
  document["oom"]["last"] = to_json(kills.last);
  document["oom"]["last_pod"] = kills.last_pod.empty() ? Json() : Json(kills.last_pod);
  const std::string versions = diagnosis::other_versions(look.seen.heartbeats, site.facts.authentik);
  document["versions"] = versions.empty() ? Json() : Json(versions);
  document["drains"] = json_of_drains(look.inventory);
  document["deployments"] = Json::array();
  for (const cluster::Deployment* deployment : look.inventory.workers()) {
    const cluster::Autoscaler* scaler = look.inventory.autoscaler_of(*deployment);
    Json one{{"name", deployment->name}, {"replicas", deployment->replicas}, {"ready", deployment->ready}};
    const Capacity capacity = capacity_of(look, *deployment);
    one["processes"] = capacity.processes ? Json(*capacity.processes) : Json();
    one["threads"] = capacity.threads ? Json(*capacity.threads) : Json();
    one["autoscaler"] =
        scaler == nullptr
            ? Json()
            : Json{{"name", scaler->name}, {"keda", scaler->keda}, {"least", scaler->least}, {"most", scaler->most}};
    document["deployments"].push_back(std::move(one));
  }
  document["workers"] = Json::array();
  for (const WorkerRow& row : rows) document["workers"].push_back(json_of(row));
  document["queued"] = {{"tasks", look.seen.queued}, {"estimated", look.seen.queued_estimated}};
  document["held"] = look.seen.held_in_all();
  document["stranded"] = look.seen.stranded;
  document["metrics"] = look.metrics.missing.empty() ? Json() : Json(look.metrics.missing);
  document["refused"] = look.inventory.refused;
  return document;
}

}  // namespace akqueue::commands

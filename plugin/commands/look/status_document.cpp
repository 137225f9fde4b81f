#include "commands/look/status_document.hpp"

#include <limits>

#include "akqueue/json.hpp"
#include "akqueue/tasks.hpp"

namespace akqueue {
namespace {

constexpr std::int64_t kEveryRow = std::numeric_limits<std::int64_t>::max() - 1;

Json json_of(const Flow& flow) {
  Json one{{"window_s", flow.window_s},
           {"came", flow.came()},
           {"done", flow.done()},
           {"rejected", flow.rejected()},
           {"actors", Json::array()}};
  for (const ActorFlow& actor : flow.actors) {
    one["actors"].push_back(
        {{"actor", actor.actor}, {"came", actor.came}, {"done", actor.done}, {"rejected", actor.rejected}});
  }
  return one;
}

Json json_of(const LogLevels& levels) {
  Json one{{"estimated", levels.estimated}, {"worst_log_level", Json::object()}};
  for (const LevelCount& count : levels.levels)
    one["worst_log_level"][count.level.empty() ? "none" : count.level] = count.tasks;
  return one;
}

Json drains(const Site& site) {
  Json list = Json::array();
  for (const Deployment& deployment : site.inventory.deployments) {
    if (!deployment.annotations.contains(kDrainAnnotation)) continue;
    const auto note = readable_note(deployment);
    list.push_back({{"deployment", deployment.name},
                    {"replicas", deployment.replicas},
                    {"note", note ? note->to_json() : Json()}});
  }
  return list;
}

}  // namespace

std::optional<DrainNote> readable_note(const Deployment& deployment) {
  try {
    return drain_note_of(deployment);
  } catch (const Error&) { return std::nullopt; }
}

QueueStatus read_status_of(const Invocation& invocation, const Site& site) {
  CountLimits limits;
  if (invocation.options.has("exact")) limits = {.exact_rows = kEveryRow, .counted_up_to = kEveryRow};
  QueueStatus status;
  {
    const Transaction transaction(*site.session, kLooking);
    status = read_status(site.database(), transaction.now(), limits);
  }
  add_log_levels(site.database(), status, limits);
  return status;
}

Json document_of_status(const Site& site, const QueueStatus& status) {
  Json document = document_of("status");
  document["site"] = site.to_json();
  document["now"] = format_timestamp(status.now);
  document["tasks"] = status.total();
  document["states"] = Json::array();
  for (const QueueState& state : status.states) {
    Json one{{"queue", state.count.queue},
             {"state", state.count.state},
             {"tasks", state.count.tasks},
             {"estimated", state.count.estimated}};
    one["oldest"] = to_json(state.oldest);
    if (state.count.state == task_state::kQueued) one["due_later"] = state.count.later;
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
  document["flow"] = json_of(status.flow);
  document["finished"] = status.log_levels_in_time ? json_of(status.log_levels) : Json();
  document["workers"] = {{"alive", status.workers_alive()}, {"seen", Json::array()}};
  for (const WorkerHeartbeat& worker : status.workers) {
    document["workers"]["seen"].push_back(
        {{"hostname", worker.hostname}, {"version", worker.version}, {"last_seen", to_json(worker.last_seen)}});
  }
  document["drains"] = drains(site);
  document["tables"] = Json::array();
  for (const TableSize& table : status.tables) {
    document["tables"].push_back({{"table", table.table},
                                  {"bytes", table.bytes},
                                  {"rows_estimate", table.rows_estimate ? Json(*table.rows_estimate) : Json()}});
  }
  return document;
}

}  // namespace akqueue

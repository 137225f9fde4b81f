#include "commands/look/status_document.hpp"

#include <limits>

#include "akqueue/json.hpp"
#include "akqueue/tasks.hpp"
#include "cluster/shared_record.hpp"
#include "commands/schedules/schedule_text.hpp"
#include "commands/shared/drain_words.hpp"
#include "commands/shared/worker_capacity.hpp"
#include "diagnosis/wrong.hpp"

namespace akqueue::commands {
namespace {

constexpr std::int64_t kEveryRow = std::numeric_limits<std::int64_t>::max() - 1;

Json json_of(const queue::Flow& flow) {
  Json one{{"window_s", flow.window_s}, {"came", flow.came()},         {"put_back", flow.put_back()},
           {"done", flow.done()},       {"rejected", flow.rejected()}, {"actors", Json::array()}};
  for (const queue::ActorFlow& actor : flow.actors) {
    one["actors"].push_back({{"actor", actor.actor},
                             {"came", actor.came},
                             {"put_back", actor.put_back},
                             {"done", actor.done},
                             {"rejected", actor.rejected}});
  }
  return one;
}

Json json_of(const queue::LogLevels& levels) {
  Json one{{"estimated", levels.estimated}, {"worst_log_level", Json::object()}};
  one["sampled"] = levels.estimated ? Json(levels.sampled) : Json();
  one["margin"] = levels.estimated ? Json(levels.margin) : Json();
  for (const queue::LevelCount& count : levels.levels)
    one["worst_log_level"][count.level.empty() ? "none" : count.level] = count.tasks;
  return one;
}

Json json_of(const std::vector<diagnosis::Wrong>& wrong) {
  Json list = Json::array();
  for (const diagnosis::Wrong& one : wrong)
    list.push_back({{"words", one.words}, {"more", "kubectl akqueue " + one.more}});
  return list;
}

Json json_of_records(const cluster::Inventory& inventory) {
  Json list = Json::array();
  for (const cluster::SharedRecord& record : cluster::shared_records(inventory)) {
    list.push_back(record.to_json());
    list.back()["id"] = record.id;
  }
  return list;
}

Json json_of(const std::vector<queue::TableSize>& tables) {
  Json list = Json::array();
  for (const queue::TableSize& table : tables) {
    list.push_back({{"table", table.table},
                    {"bytes", table.bytes},
                    {"rows_estimate", table.rows_estimate ? Json(*table.rows_estimate) : Json()},
                    {"slack_bytes", table.slack ? Json(*table.slack) : Json()}});
  }
  return list;
}

}  // namespace

queue::QueueStatus read_status_of(const Site& site, bool exact) {
  queue::CountLimits limits;
  if (exact) limits = {.exact_rows = kEveryRow, .counted_up_to = kEveryRow};
  queue::QueueStatus status;
  {
    const session::Transaction transaction(*site.session, kLooking);
    status = queue::read_status(site.database(), transaction.now(), limits);
  }
  queue::add_log_levels(site.database(), status, limits);
  if (status.held > 0) {
    const queue::Locked locked = queue::none_beyond({.held = status.held, .stranded = status.stranded},
                                                    status.heartbeats, most_held_by_each(site));
    status.held = locked.held;
    status.stranded = locked.stranded;
  }
  return status;
}

Json document_of_status(const Site& site, const queue::QueueStatus& status) {
  Json document = document_of("status");
  document["site"] = site.to_json();
  document["now"] = format_timestamp(status.now);
  document["wrong"] = json_of(diagnosis::what_is_wrong(site.inventory, status, site.facts.authentik));
  document["tasks"] = status.total();
  document["states"] = Json::array();
  for (const queue::QueueState& state : status.states) {
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
  document["taken"] = {{"tasks", status.taken()},
                       {"held", status.held},
                       {"stranded", status.stranded},
                       {"ending", status.ending},
                       {"orphaned", status.orphaned}};
  // The workers' locks are on the primary.
  for (const char* whose : {"held", "stranded", "ending", "orphaned"}) {
    if (site.facts.standby) document["taken"][whose] = nullptr;
  }
  document["flow"] = json_of(status.flow);
  document["finished"] = status.log_levels_in_time ? json_of(status.log_levels) : Json();
  document["workers"] = {{"alive", status.heartbeats.alive()}, {"seen", Json::array()}};
  for (const queue::WorkerHeartbeat& worker : status.heartbeats.workers) {
    document["workers"]["seen"].push_back({{"hostname", worker.hostname},
                                           {"version", worker.version},
                                           {"last_seen", to_json(worker.last_seen)},
                                           {"alive", worker.alive}});
  }
  document["stopped_schedules"] = Json::array();
  for (const queue::Schedule& schedule : status.stopped)
    document["stopped_schedules"].push_back(json_of_schedule(schedule, status.now));
  document["drains"] = json_of_drains(site.inventory);
  document["records"] = json_of_records(site.inventory);
  document["tables"] = json_of(status.tables);
  return document;
}

}  // namespace akqueue::commands

#include "commands/watch/json_view.hpp"

#include <cmath>

#include "commands/watch/text_view.hpp"

namespace akqueue::commands {
namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

/// A ten-thousandth of a task a second is a task in three hours: more digits say nothing.
double rounded(double rate) { return std::round(rate * 10'000) / 10'000; }

Json json_of(const queue::Rates& rates, bool estimated) {
  Json one{{"seconds", rounded(rates.seconds)},
           {"came_per_s", rounded(rates.came)},
           {"finished_per_s", rounded(rates.finished)}};
  one["growth_per_s"] = rounded(rates.growth());
  one["removed_per_s"] = estimated ? Json() : Json(rounded(rates.removed));
  return one;
}

Json json_of(const queue::Totals& totals, bool estimated) {
  Json one{{"seconds", rounded(totals.seconds)},
           {"came", totals.came},
           {"finished", totals.finished},
           {"put_back", totals.put_back}};
  one["removed"] = estimated ? Json() : Json(totals.removed);
  return one;
}

Json json_of_workers(const cluster::WorkerRestarts* workers, const queue::Sample& sample) {
  Json one{{"alive", or_null(sample.workers_alive)}};
  if (workers == nullptr) return one;
  one["pods"] = workers->pods();
  one["ready"] = workers->ready();
  one["restarts"] = workers->restarts();
  one["new_pods"] = workers->replaced();
  const auto& end = workers->last_end();
  one["last_end"] = end ? Json{{"pod", end->pod}, {"reason", end->reason}, {"at", format_timestamp(end->at)}} : Json();
  return one;
}

void add_sample(Json& document, const Poller& poller) {
  const queue::Trend& trend = poller.trend();
  const queue::Sample& sample = trend.last();
  document["queued"] = sample.queued();
  document["tasks"] = sample.total();
  document["estimated"] = sample.estimated;
  document["states"] = Json::object();
  for (const auto& [state, tasks] : sample.states) document["states"][state] = tasks;
  document["taken"] = {{"tasks", sample.taken},
                       {"held", or_null(sample.held)},
                       {"stranded", or_null(sample.stranded)},
                       {"ending", or_null(sample.ending)},
                       {"orphaned", or_null(sample.orphaned)}};
  document["recent"] = json_of(trend.recent(), sample.estimated);
  document["since_start"] = json_of(trend.totals(), sample.estimated);
  const auto empty = trend.until_empty();
  document["empty_in_s"] = empty ? Json(std::llround(*empty)) : Json();
  document["actors"] = Json::array();
  for (const queue::ActorTrend& actor : trend.actors()) {
    document["actors"].push_back(
        {{"actor", actor.actor}, {"queued", actor.queued}, {"growth_per_s", rounded(actor.growth)}});
  }
  document["workers"] = json_of_workers(poller.workers(), sample);
}

void add_conditions(Json& document, const std::vector<ConditionState>& states, std::string_view role) {
  for (const ConditionState& state : states) {
    Json one = json_of(state);
    one["role"] = role;
    one["began"] = state.began;
    document["conditions"].push_back(std::move(one));
  }
}

}  // namespace

Json document_of_watch(const Poller& poller, const Reading& reading, const Conditions& conditions) {
  Json document = document_of("watch");
  document["site"] = poller.site().to_json();
  document["now"] = reading.at == 0 ? Json() : Json(format_timestamp(reading.at));
  document["interval_s"] = poller.interval().count();
  document["read"] = reading.read;
  document["trouble"] = reading.read ? Json() : Json(reading.trouble);
  document["entered_again"] = poller.entered_again();
  if (reading.read) {
    add_sample(document, poller);
  } else {
    for (const char* const name : {"queued", "tasks", "states", "recent"}) document[name] = nullptr;
  }
  document["conditions"] = Json::array();
  add_conditions(document, conditions.untils(), "until");
  add_conditions(document, conditions.alerts(), "alert");
  return document;
}

void WatchJson::show(const Poller& poller, const Reading& reading, const Conditions& conditions) {
  environment_.terminal.out(as_next_json(output_, document_of_watch(poller, reading, conditions)));
  if (reading.read) say_alerts(environment_.terminal, conditions);
}

}  // namespace akqueue::commands

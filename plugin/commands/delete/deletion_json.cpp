#include "commands/delete/deletion_json.hpp"

#include "commands/shared/batch_words.hpp"
#include "commands/shared/filter_options.hpp"

namespace akqueue::commands {
namespace {

const char* name_of(queue::Dependents dependents) {
  switch (dependents) {
    case queue::Dependents::along: return "along";
    case queue::Dependents::kept: return "kept";
    case queue::Dependents::left: break;
  }
  return "left";
}

Json by_state_and_actor(const backup::Tally& tally) {
  Json list = Json::array();
  for (const auto& [key, count] : tally)
    list.push_back({{"actor", key.second}, {"state", key.first}, {"tasks", count}});
  return list;
}

}  // namespace

Json document_of_deletion(const Site& site, const DeletionRequest& deleting, const Preview& preview) {
  Json document = document_of("deletion");
  document["command"] = deleting.keep.command;
  document["dry_run"] = deleting.dry_run;
  if (!preview.entry.reason.empty()) document["reason"] = preview.entry.reason;
  document["site"] = site.to_json();
  document["filter"] = queue::json_of_filter(preview.selection.filter);
  document["filter"]["as_of"] = format_timestamp(preview.selection.as_of);
  document["filter"]["include_running"] = deleting.include_held;
  document["filter"]["dependents"] = name_of(deleting.dependents);
  document["preview"] = {{"tasks", preview.counts.total()},
                         {"going", preview.going.total()},
                         {"held", preview.counts.held()},
                         {"groups", Json::array()}};
  if (preview.duplicates)
    document["preview"]["duplicates"] = {{"compared", preview.duplicates->compared},
                                         {"unreadable", preview.duplicates->unreadable}};
  document["preview"]["dependents"] = {
      {"left", preview.dependents.left}, {"along", preview.dependents.along}, {"kept", preview.dependents.kept}};
  for (const queue::Group& group : preview.counts.groups) {
    document["preview"]["groups"].push_back({{"queue", group.queue},
                                             {"actor", group.actor},
                                             {"state", group.state},
                                             {"tasks", group.tasks},
                                             {"held", group.held}});
  }
  document["preview"]["clock_ahead_s"] = preview.counts.ahead_of(preview.selection.as_of);
  document["preview"]["schedules"] = Json::array();
  for (const queue::Schedule& schedule : preview.schedules) {
    document["preview"]["schedules"].push_back(
        {{"actor", schedule.actor}, {"crontab", schedule.crontab}, {"next_run", to_json(schedule.next_run)}});
  }
  if (preview.sources) document["preview"]["sources"] = json_of_sources(*preview.sources);
  document["preview"]["samples"] = Json::array();
  for (const Preview::Sample& sample : preview.samples) {
    document["preview"]["samples"].push_back(
        {{"id", sample.id}, {"actor", sample.actor}, {"state", sample.state}, {"changed", to_json(sample.changed)}});
  }
  return document;
}

void add_result(Json& document, const Preview& preview, const queue::DeletionResult& result, const Recorder& recorder) {
  Json& outcome = document["result"];
  outcome["before"] = preview.counts.total();
  if (preview.sources)
    outcome["stopped"] = {{"schedules", preview.stopped.schedules},
                          {"id", preview.stopped.id.empty() ? Json() : Json(preview.stopped.id)}};
  outcome["deleted"] = backup::total(result.deleted);
  outcome["after"] = result.counted ? Json(result.remaining) : Json();
  outcome["groups"] = by_state_and_actor(result.deleted);
  outcome["other_rows"] = result.other_rows.total();
  outcome["rows"] = result.other_rows.to_json();
  outcome["left"] = {
      {"held", result.held}, {"awaited", result.awaited}, {"locked", result.locked}, {"arrived", result.arrived}};
  add_run(outcome, result);
  outcome["held_back_ms"] = result.held_back.count();
  outcome["backup"] = recorder.path().empty() ? Json() : Json{{"path", recorder.path()}, {"bytes", recorder.bytes()}};
  add_failure(outcome, result);
}

}  // namespace akqueue::commands

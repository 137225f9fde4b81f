#include "commands/schedules/schedule_listing.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "commands/schedules/schedule_text.hpp"
#include "queue/filter/content_types.hpp"
#include "queue/filter/schedule_choice.hpp"
#include "queue/release.hpp"

namespace akqueue::commands {
namespace {

/// Only a worse level says something.
bool says_something(const std::string& level) { return level == "warning" || level == "error" || level == "critical"; }

Json json_of_run(const queue::ScheduleRun& run) {
  return {{"task", run.task},
          {"state", run.state},
          {"log_level", run.level.empty() ? Json() : Json(run.level)},
          {"ended", to_json(run.ended)},
          {"took_ms", run.took_ms ? Json(*run.took_ms) : Json()}};
}

}  // namespace

std::string run_words(const queue::ScheduleRun& run) {
  return run.state + (says_something(run.level) ? ", " + run.level : "");
}

ScheduleLines read_schedule_lines(const Site& site, const std::vector<std::string>& named) {
  const session::Transaction transaction(*site.session, kLooking);
  const session::Database database = site.database();
  ScheduleLines read{.now = transaction.now()};
  std::vector<queue::Schedule> schedules = queue::read_schedules(database);
  if (!named.empty()) schedules = queue::schedules_meant(named, schedules);
  const auto runs = queue::read_schedule_runs(database);
  const std::vector<queue::Kind> kinds = queue::read_kinds(database);
  // A site whose version is not known is taken for a new one.
  const bool skips =
      queue::release_number(site.facts.authentik).value_or(queue::kSkipsUnfinished) >= queue::kSkipsUnfinished;
  read.logs = database.referencing(kTaskLogTable) != nullptr;
  for (queue::Schedule& schedule : schedules) {
    ScheduleLine line{.schedule = std::move(schedule)};
    if (const auto found = runs.find(line.schedule.id); found != runs.end()) line.runs = found->second;
    if (line.schedule.content_type != 0)
      line.object = queue::object_name(kinds, session::Value(line.schedule.content_type), line.schedule.object_id);
    line.blocked = skips && line.runs.unfinished > 0;
    read.lines.push_back(std::move(line));
  }
  // The scheduler puts what is paused first, or a thousand years behind.
  std::stable_partition(read.lines.begin(), read.lines.end(), [&](const ScheduleLine& line) {
    return standing_of(line.schedule, read.now) != queue::Standing::paused;
  });
  return read;
}

Json json_of_line(const ScheduleLine& line, Timestamp now) {
  Json one = json_of_schedule(line.schedule, now);
  one["object"] = line.object.empty() ? Json() : Json(line.object);
  one["tasks"] = line.runs.tasks;
  one["unfinished"] = line.runs.unfinished;
  one["oldest_unfinished"] = to_json(line.runs.oldest_unfinished);
  one["blocked"] = line.blocked;
  one["last_runs"] = Json::array();
  for (const queue::ScheduleRun& run : line.runs.last) one["last_runs"].push_back(json_of_run(run));
  return one;
}

}  // namespace akqueue::commands

#include "queue/filter/schedule_choice.hpp"

#include <algorithm>
#include <set>

#include "akqueue/command_line.hpp"
#include "akqueue/error.hpp"
#include "akqueue/words.hpp"
#include "queue/filter/name_match.hpp"

namespace akqueue::queue {
namespace {

/// Fewer digits could be the beginning of a name.
constexpr std::size_t kLeastOfId = 4;

/// Of what was written before and after a colon: `outpost_controller:corp-proxy`.
bool is_actor_and_uid(const std::string& written, const Schedule& schedule) {
  const auto colon = written.find(':');
  if (colon == std::string::npos) return false;
  const std::string what = written.substr(colon + 1);
  return is_tail_of(written.substr(0, colon), schedule.actor) && (what == schedule.uid || what == schedule.identifier);
}

bool is_meant(const std::string& written, const Schedule& schedule) {
  if (!is_glob(written))
    return is_tail_of(written, schedule.actor) || written == schedule.uid || is_actor_and_uid(written, schedule);
  const std::string name = schedule.name();
  const std::string end = short_name(schedule.actor) + name.substr(schedule.actor.size());
  return matches_glob(written, schedule.actor) || matches_glob(written, name) || matches_glob(written, end) ||
         matches_glob(written, short_name(schedule.actor));
}

std::optional<Uuid::Range> as_id(const std::string& written) {
  return written.size() < kLeastOfId ? std::nullopt : Uuid::beginning_with(written);
}

std::vector<std::size_t> places_meant(const std::string& written, const std::vector<Schedule>& known) {
  std::vector<std::size_t> places;
  std::set<std::string> actors;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!is_meant(written, known[i])) continue;
    places.push_back(i);
    actors.insert(known[i].actor);
  }
  if (actors.size() > 1 && !is_glob(written))
    throw Error(ErrorCode::usage, "'" + written + "' could be any of " + joined({actors.begin(), actors.end()}),
                "write more of the name, or *." + written + " for all of them");
  if (!places.empty()) return places;
  const auto range = as_id(written);
  for (std::size_t i = 0; range && i < known.size(); ++i) {
    if (range->first <= known[i].id && known[i].id <= range->last) places.push_back(i);
  }
  if (places.size() > 1)
    throw Error(ErrorCode::usage, "'" + written + "' is the beginning of several ids", "give more of the id");
  return places;
}

[[noreturn]] void refuse_unknown_schedule(const std::string& written, const std::vector<Schedule>& known) {
  std::vector<std::string> names;
  for (const Schedule& schedule : known) {
    for (const std::string& name : {schedule.actor, short_name(schedule.actor), schedule.name()}) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  const auto near = nearest(written, names);
  throw Error(ErrorCode::usage, "no schedule '" + written + "'",
              near ? "did you mean " + *near + "?" : "kubectl akqueue schedules lists them");
}

}  // namespace

std::vector<Schedule> schedules_meant(const std::vector<std::string>& written, const std::vector<Schedule>& known) {
  std::set<std::size_t> places;
  for (const std::string& one : written) {
    const std::vector<std::size_t> meant = places_meant(one, known);
    if (meant.empty()) refuse_unknown_schedule(one, known);
    places.insert(meant.begin(), meant.end());
  }
  std::vector<Schedule> schedules;
  for (const std::size_t place : places) schedules.push_back(known[place]);
  return schedules;
}

}  // namespace akqueue::queue

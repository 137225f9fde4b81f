#include "queue/filter/name_resolution.hpp"

#include <algorithm>
#include <set>

#include "akqueue/actors.hpp"
#include "akqueue/command_line.hpp"
#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"
#include "queue/filter/name_match.hpp"
#include "queue/measure/queue_counts.hpp"
#include "queue/schedules.hpp"

namespace akqueue::queue {
namespace {

std::vector<std::string> sorted(const std::set<std::string>& names) { return {names.begin(), names.end()}; }

/// The nearest full name, or the one whose last part is nearest.
std::optional<std::string> nearest_actor(const std::string& written, const std::vector<std::string>& known) {
  if (const auto near = nearest(written, known)) return near;
  std::vector<std::string> parts;
  for (const std::string& name : known) parts.push_back(short_name(name));
  const auto near = nearest(short_name(written), parts);
  if (!near) return std::nullopt;
  return known[static_cast<std::size_t>(std::ranges::find(parts, *near) - parts.begin())];
}

}  // namespace

std::vector<std::string> read_actors(const session::Database& database) {
  std::set<std::string> actors;
  database.session.query({"SELECT DISTINCT t.actor_name FROM " + database.task().quoted() + " AS t"},
                         [&](const session::Value& row) { actors.insert(session::text(row.at(0))); });
  for (const Schedule& schedule : read_schedules(database)) actors.insert(schedule.actor);
  return sorted(actors);
}

std::vector<std::string> check_states_and_queues(const session::Database& database,
                                                 const std::vector<std::string>& states,
                                                 const std::vector<std::string>& queues) {
  std::vector<std::string> notes;
  if (states.empty() && queues.empty()) return notes;
  std::set<std::string> known_states(task_state::kKnown.begin(), task_state::kKnown.end());
  std::set<std::string> known_queues{std::string(kDefaultQueue)};
  for (const QueueCount& group : queue_groups(database)) {
    known_states.insert(group.state);
    known_queues.insert(group.queue);
  }
  check_known("state", states, sorted(known_states));
  const std::vector<std::string> known = sorted(known_queues);
  for (const std::string& queue : queues) {
    if (std::ranges::find(known, queue) != known.end()) continue;
    const auto near = nearest(queue, known);
    notes.push_back("no task is in a queue '" + queue +
                    "': " + (near ? "did you mean " + *near + "?" : what_there_is(known)));
  }
  return notes;
}

namespace {

/// Those of `known` that `written` may mean.
std::vector<std::string> candidates(const std::string& written, const std::vector<std::string>& known) {
  if (std::ranges::find(known, written) != known.end()) return {written};
  std::vector<std::string> meant;
  for (const std::string& name : known) {
    if (is_glob(written) ? matches_glob(written, name) : is_tail_of(written, name)) meant.push_back(name);
  }
  if (meant.size() > 1 && !is_glob(written)) {
    throw Error(ErrorCode::usage, "'" + written + "' could be any of " + some_names(meant),
                "write more of the name, or *." + written + " for all of them");
  }
  return meant;
}

/// `outposts*` matches nothing, since names begin with authentik.; `*outposts*` does.
std::optional<std::string> wider_glob(const std::string& written, const std::vector<std::string>& known) {
  std::string wide = written;
  if (!wide.starts_with('*')) wide.insert(0, "*");
  if (!wide.ends_with('*')) wide += "*";
  const auto matches = [&](const std::string& name) { return matches_glob(wide, name); };
  return is_glob(written) && std::ranges::any_of(known, matches) ? std::optional(wide) : std::nullopt;
}

std::string hint_for(const std::string& written, const std::vector<std::string>& known) {
  if (const auto wide = wider_glob(written, known)) return "did you mean '" + *wide + "'?";
  const auto near = nearest_actor(written, known);
  return near ? "did you mean " + *near + "?" : "kubectl akqueue top lists the actors";
}

}  // namespace

std::vector<std::string> resolve_actors(const std::vector<std::string>& written,
                                        const std::vector<std::string>& known) {
  std::set<std::string> resolved;
  for (const std::string& one : written) {
    const std::vector<std::string> meant = candidates(one, known);
    if (meant.empty())
      throw Error(ErrorCode::usage, "no task or schedule has an actor '" + one + "'", hint_for(one, known));
    resolved.insert(meant.begin(), meant.end());
  }
  return sorted(resolved);
}

ActorsMeant actors_meant(const std::vector<std::string>& written, const std::vector<std::string>& present) {
  static const std::vector<std::string> authentiks(kKnownActors.begin(), kKnownActors.end());
  std::set<std::string> names;
  ActorsMeant result;
  for (const std::string& one : written) {
    std::vector<std::string> meant = candidates(one, present);
    if (meant.empty()) meant = candidates(one, authentiks);
    if (meant.empty()) {
      std::set<std::string> known(present.begin(), present.end());
      known.insert(authentiks.begin(), authentiks.end());
      result.notes.push_back("no task or schedule has an actor '" + one + "' now: " + hint_for(one, sorted(known)));
      meant.push_back(one);
    }
    names.insert(meant.begin(), meant.end());
  }
  result.names = sorted(names);
  return result;
}

void check_known(std::string_view what, const std::vector<std::string>& written,
                 const std::vector<std::string>& known) {
  for (const std::string& one : written) {
    if (std::ranges::find(known, one) != known.end()) continue;
    const auto near = nearest(one, known);
    throw Error(ErrorCode::usage, "no " + std::string(what) + " '" + one + "'",
                near ? "did you mean " + *near + "?" : what_there_is(known));
  }
}

std::string what_there_is(const std::vector<std::string>& names) {
  if (names.empty()) return "there are none";
  return (names.size() == 1 ? "the only one is " : "there are ") + some_names(names);
}

std::string some_names(const std::vector<std::string>& names) {
  constexpr int kShown = 8;
  if (std::ssize(names) <= kShown) return joined(names);
  return joined({names.begin(), names.begin() + kShown}) + ", …";
}

}  // namespace akqueue::queue

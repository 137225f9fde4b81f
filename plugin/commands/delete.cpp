#include "commands/delete.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "commands/deleting.hpp"
#include "queue/names.hpp"

namespace akqueue {
namespace {

constexpr std::string_view kAnyState = "any";

bool is_uuid(const std::string& text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = text.find_first_of("0123456789abcdefABCDEF", i) == i;
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

std::vector<std::string> ids_of(const std::vector<std::string>& arguments) {
  std::vector<std::string> ids;
  for (std::string id : arguments) {
    if (!is_uuid(id)) {
      throw Error(ErrorCode::usage, "'" + id + "' is no task id", "an id looks like 11111111-2222-4333-8444-555555555555; an actor is given with --actor");
    }
    std::ranges::transform(id, id.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    ids.push_back(std::move(id));
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

/// Queued ones unless states or ids are given; `any` stands for every state.
std::vector<std::string> states_of(const Options& options) {
  std::vector<std::string> states = options.all("state");
  if (std::ranges::find(states, kAnyState) != states.end()) return {};
  if (states.empty() && options.arguments().empty()) states.emplace_back(task_state::kQueued);
  return states;
}

TaskFilter filter_of(const Options& options) {
  TaskFilter filter;
  filter.ids = ids_of(options.arguments());
  filter.states = states_of(options);
  filter.queues = options.all("queue");
  filter.actors = options.all("actor");
  if (const auto age = options.value("older-than")) filter.older_than_s = parse_duration(*age);
  const bool narrowed = !filter.selects_everything() || !filter.queues.empty() || (options.has("state") && !filter.states.empty());
  if (!narrowed && !options.has("all")) {
    throw Error(ErrorCode::usage, "delete needs a condition, or --all",
                "kubectl akqueue top --state queued lists the actors; then delete --actor NAME");
  }
  if (narrowed && options.has("all")) throw Error(ErrorCode::usage, "--all does not go with a condition", "leave out one of them");
  return filter;
}

}  // namespace

int run_delete(const Invocation& invocation) {
  Deleting deleting;
  deleting.filter = filter_of(invocation.options);
  const Site site = enter(invocation);
  if (!deleting.filter.actors.empty()) {
    const Transaction transaction(*site.session, kLooking);
    deleting.filter.actors = resolve_actors(deleting.filter.actors, read_names(site.database()).actors);
  }
  return delete_with_questions(invocation, site, deleting);
}

}  // namespace akqueue

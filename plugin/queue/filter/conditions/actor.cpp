// --actor: what a task does, by the full name of its function, its tail or a glob.
#include <algorithm>

#include "queue/filter/name_resolution.hpp"
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {
namespace {

/// Whether any task is of this actor. Quick where there are many of them.
bool exists(const session::Database& database, const std::string& actor) {
  session::Statement statement;
  const std::string name = statement.bind(actor);
  statement.sql = "SELECT 1 FROM " + database.task().quoted() + " AS t WHERE t.actor_name = " + name + " LIMIT 1";
  return !database.session.rows(statement).empty();
}

/// A whole name that some task has needs no list of all names, which takes a scan of the table.
void resolve_actor_names(const session::Database& database, const TaskChoice& choice, TaskFilter& filter) {
  const auto whole = [&](const std::string& name) {
    return name.find_first_of("*?") == std::string::npos && name.find('.') != std::string::npos &&
           exists(database, name);
  };
  if (std::ranges::all_of(choice.actors, whole)) {
    filter.actors = choice.actors;
    std::ranges::sort(filter.actors);
    filter.actors.erase(std::unique(filter.actors.begin(), filter.actors.end()), filter.actors.end());
  } else {
    ActorsMeant meant = actors_meant(choice.actors, read_actors(database));
    filter.actors = std::move(meant.names);
    filter.notes.insert(filter.notes.end(), meant.notes.begin(), meant.notes.end());
  }
}

}  // namespace

TaskCondition actor_condition() {
  return {
      .option = {"actor", 0, "ACTOR", "only this actor: full name, its tail (outpost_send_update) or a glob", true},
      .place = Place::actors,
      .read = [](const Options& options, TaskChoice& choice) { choice.actors = options.all("actor"); },
      .typed = [](const TaskChoice& choice) { return !choice.actors.empty(); },
      .resolve = resolve_actor_names,
      .given = [](const TaskFilter& filter) { return !filter.actors.empty(); },
      .words = [](const TaskFilter& filter) { return " of " + listed_words(filter.actors, "and"); },
      .document = [](const TaskFilter& filter, Json& document) { document["actors"] = filter.actors; },
      .sql =
          [](const SqlScope& scope) {
            return any_of(scope.statement, scope.alias, "actor_name", scope.selection.filter.actors);
          },
      .holds = [](const TaskChoice& choice,
                  const FileScope& scope) { return is_among(choice.actors, scope.task.actor); },
  };
}

}  // namespace akqueue::queue

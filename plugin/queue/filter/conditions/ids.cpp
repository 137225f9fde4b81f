// Ids of tasks, whole or by their beginnings: a command's arguments, and --filename. filter_options.hpp reads them.
#include <algorithm>

#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {
namespace {

void resolve_ids(const session::Database& database, const TaskChoice& choice, TaskFilter& filter) {
  filter.ids = choice.ids;
  for (const std::string& beginning : choice.id_beginnings) filter.ids.push_back(resolve_id(database, beginning));
  std::ranges::sort(filter.ids);
  filter.ids.erase(std::unique(filter.ids.begin(), filter.ids.end()), filter.ids.end());
}

/// The subject of the sentence: `tasks` where none are given.
std::string subject(const TaskFilter& filter) {
  if (filter.ids.empty() || filter.duplicates) return "tasks";
  if (filter.ids.size() == 1) return "task " + filter.ids.front().to_string();
  return std::to_string(filter.ids.size()) + " tasks given by id";
}

bool is_given_by_id(const TaskChoice& choice, const FileScope& scope) {
  const auto id = Uuid::parse(scope.task.id);
  if (id && std::ranges::find(choice.ids, *id) != choice.ids.end()) return true;
  return std::ranges::any_of(choice.id_beginnings, [&](const std::string& beginning) {
    return scope.task.id.starts_with(lower_case(beginning));
  });
}

}  // namespace

TaskCondition ids_condition() {
  return {
      .option = {"filename", 'f', "FILE", "tasks whose ids are in this file, one per line (-: standard input)"},
      .place = Place::subject,
      .typed = [](const TaskChoice& choice) { return choice.has_ids(); },
      .resolve = resolve_ids,
      .given = [](const TaskFilter& filter) { return !filter.ids.empty(); },
      .words = subject,
      .document = [](const TaskFilter& filter, Json& document) { document["ids"] = filter.ids.size(); },
      .sql = [](const SqlScope& scope) { return scope.is_one_of(scope.selection.filter.ids); },
      .holds = is_given_by_id,
  };
}

}  // namespace akqueue::queue

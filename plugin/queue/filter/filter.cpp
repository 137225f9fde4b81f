#include "queue/filter/filter.hpp"

#include <algorithm>

#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {

bool TaskFilter::selects_everything() const {
  return std::ranges::none_of(task_conditions(),
                              [&](const TaskCondition& row) { return !row.takes_whole && row.given(*this); });
}

bool is_unconditional(const TaskFilter& filter) {
  return std::ranges::none_of(task_conditions(), [&](const TaskCondition& row) { return row.given(filter); });
}

std::string in_words(const TaskFilter& filter) {
  std::vector<const TaskCondition*> said;
  for (const TaskCondition& row : task_conditions()) {
    if (row.place == Place::subject || row.given(filter)) said.push_back(&row);
  }
  std::ranges::stable_sort(said, {}, &TaskCondition::place);
  std::string words;
  for (const TaskCondition* row : said) words += row->words(filter);
  return words;
}

Json json_of_filter(const TaskFilter& filter) {
  Json document{{"words", in_words(filter)},
                {"queues", Json::array()},
                {"states", Json::array()},
                {"actors", Json::array()},
                {"ids", 0}};
  for (const TaskCondition& row : task_conditions()) {
    if (row.document != nullptr && row.given(filter)) row.document(filter, document);
  }
  return document;
}

}  // namespace akqueue::queue

#include "commands/repair/error_choice.hpp"

#include <algorithm>
#include <charconv>

#include "akqueue/error.hpp"
#include "akqueue/words.hpp"
#include "queue/filter/task_condition.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

std::int64_t tasks_of(const queue::ErrorGroup& group) { return static_cast<std::int64_t>(group.ids.size()); }

std::int64_t tasks_in_all(const ErrorChoice& choice) {
  std::int64_t sum = 0;
  for (const queue::ErrorGroup& group : choice.groups) sum += tasks_of(group);
  return sum;
}

/// The place of a group by its number; nothing for a text that is none.
std::optional<std::size_t> number_in(const std::string& wanted) {
  std::size_t number = 0;
  const auto [end, failure] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  if (failure != std::errc() || end != wanted.data() + wanted.size() || wanted.empty()) return std::nullopt;
  return number;
}

void choose_one(ErrorChoice& choice, const std::string& wanted) {
  constexpr const char* kHint = "kubectl akqueue retry --by-error shows them";
  if (const auto number = number_in(wanted)) {
    if (*number == 0 || *number > choice.groups.size())
      throw Error(ErrorCode::usage,
                  "there is no error number " + wanted + ": these tasks failed in " +
                      count_of(static_cast<std::int64_t>(choice.groups.size()), "way", "ways"),
                  kHint);
    choice.chosen[*number - 1] = true;
    return;
  }
  bool found = false;
  for (std::size_t i = 0; i < choice.groups.size(); ++i) {
    const bool has = queue::lower_case(choice.groups[i].error).find(queue::lower_case(wanted)) != std::string::npos;
    choice.chosen[i] = choice.chosen[i] || has;
    found = found || has;
  }
  if (!found) throw Error(ErrorCode::usage, "none of these tasks failed with '" + wanted + "'", kHint);
}

}  // namespace

bool ErrorChoice::any() const { return std::ranges::find(chosen, true) != chosen.end(); }

std::vector<Uuid> ErrorChoice::ids() const {
  std::vector<Uuid> all;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (chosen[i]) all.insert(all.end(), groups[i].ids.begin(), groups[i].ids.end());
  }
  return all;
}

ErrorChoice choose_errors(std::vector<queue::ErrorGroup> groups, const std::vector<std::string>& wanted) {
  ErrorChoice choice{.groups = std::move(groups)};
  choice.chosen.assign(choice.groups.size(), false);
  for (const std::string& one : wanted) choose_one(choice, one);
  return choice;
}

ui::Text draw_errors(const ui::Terminal& terminal, const ErrorChoice& choice, bool chosen_only) {
  ui::Listing listing({{"NUMBER", true}, {"TASKS", true}, {"SHARE", true}, {"ERROR", false, true, false, true}});
  const std::int64_t all = tasks_in_all(choice);
  for (std::size_t i = 0; i < choice.groups.size(); ++i) {
    const queue::ErrorGroup& group = choice.groups[i];
    if (chosen_only && !choice.chosen[i]) continue;
    listing.add(
        {std::to_string(i + 1), with_separators(tasks_of(group)), ui::format_share(tasks_of(group), all), group.error});
  }
  return listing.draw_aside(terminal);
}

Json json_of_errors(const ErrorChoice& choice) {
  Json list = Json::array();
  for (std::size_t i = 0; i < choice.groups.size(); ++i)
    list.push_back({{"number", i + 1},
                    {"error", choice.groups[i].error},
                    {"tasks", tasks_of(choice.groups[i])},
                    {"chosen", static_cast<bool>(choice.chosen[i])}});
  return list;
}

}  // namespace akqueue::commands

// The options that choose tasks, the same for every command that selects.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"
#include "commands/shared/site.hpp"
#include "queue/filter/typed_filter.hpp"

namespace akqueue {

/// Rows for the command table, but for those that the command gives a meaning of its own.
std::vector<Option> choosing_options(std::initializer_list<std::string_view> without = {});

/// A command's own options, then those.
std::vector<Option> with_choosing(std::vector<Option> own, std::initializer_list<std::string_view> without = {});

/// Options that mean something else to a command.
struct ChoiceParts {
  bool ids = true;    ///< the arguments and --filename
  bool limit = true;  ///< --limit
};

/// What the options say.
/// Throws Error (usage) for values that are empty or no duration, number or id, (system) for a file that can't be read.
TaskChoice read_choice(const Options& options, ChoiceParts parts = {});
/// The same with these ids instead of the arguments.
TaskChoice read_choice_among(const Options& options, const std::vector<std::string>& ids, ChoiceParts parts = {});

/// A filter as documents have it: `words`, and each condition that was given.
Json json_of_filter(const TaskFilter& filter);

/// With -v: says in words what the filter means.
void explain_filter(const Invocation& invocation, const TaskFilter& filter);

/// `any` among the states stands for all of them.
inline constexpr std::string_view kAnyState = "any";

}  // namespace akqueue

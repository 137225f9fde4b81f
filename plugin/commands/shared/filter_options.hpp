// The options that choose tasks, the same for every command that selects.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "commands/shared/site.hpp"
#include "queue/filter/task_condition.hpp"

namespace akqueue::commands {

/// A command's own options, then those of the conditions (task_condition.hpp), but for those that the command gives a
/// meaning of its own.
std::vector<Option> with_choosing(std::vector<Option> own, std::initializer_list<std::string_view> without = {});

/// Options that mean something else to a command.
struct ChoiceParts {
  bool ids = true;    ///< the arguments and --filename
  bool limit = true;  ///< --limit
};

/// Of a command that takes no ids, and whose --limit, if it has one, is its own.
inline constexpr ChoiceParts kNoIds{.ids = false, .limit = false};

/// What the options say.
/// Throws Error (usage) for values that are empty, or not a duration, number or id; (system) for a file that can't be
/// read.
queue::TaskChoice read_choice(const Options& options, ChoiceParts parts = {});
/// The same with these ids instead of the arguments.
queue::TaskChoice read_choice_among(const Options& options, const std::vector<std::string>& ids,
                                    ChoiceParts parts = {});

/// What was chosen, on this site; with --expired after as long as its workers keep finished tasks. Says which names
/// nobody knows there, with the nearest; of queues those that were `named`. In a transaction. Throws as
/// queue::resolve() and check_states_and_queues() do, and Error (refused) where that time can't be known.
queue::TaskFilter resolve_on(ui::Terminal& terminal, const Site& site, const queue::TaskChoice& choice,
                             const std::vector<std::string>& named);
inline queue::TaskFilter resolve_on(ui::Terminal& terminal, const Site& site, const queue::TaskChoice& choice) {
  return resolve_on(terminal, site, choice, choice.queues);
}

/// With -v: says in words what the filter means.
void explain_filter(const cli::Environment& environment, const SiteRequest& request, const queue::TaskFilter& filter);

}  // namespace akqueue::commands

// Choosing tasks by the way in which they failed: the groups, shown with their shares, and those that were chosen.
#pragma once

#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "queue/change/error_groups.hpp"
#include "ui/terminal.hpp"

namespace akqueue::commands {

struct ErrorChoice {
  std::vector<queue::ErrorGroup> groups = {};
  std::vector<bool> chosen = {};  ///< for each

  bool any() const;
  std::vector<Uuid> ids() const;  ///< of the tasks of those that were chosen
};

/// `wanted`: numbers of groups, from 1 on, or texts that an error contains, whatever their case. Throws Error (usage)
/// for one that fits none.
ErrorChoice choose_errors(std::vector<queue::ErrorGroup> groups, const std::vector<std::string>& wanted);

/// NUMBER, TASKS, SHARE, ERROR; with `chosen_only` those that were chosen.
ui::Text draw_errors(const ui::Terminal& terminal, const ErrorChoice& choice, bool chosen_only);

Json json_of_errors(const ErrorChoice& choice);

}  // namespace akqueue::commands

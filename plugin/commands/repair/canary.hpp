// A few tasks of each way of failing are retried first: where they fail in the same way again, the cause is not cured,
// and the rest stays as it is.
#pragma once

#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "commands/repair/error_choice.hpp"
#include "queue/change/fates.hpp"
#include "ui/terminal.hpp"

namespace akqueue::commands {

struct CanaryGroup {
  std::size_t number = 0;  ///< of the error, from 1 on
  std::string error;
  std::vector<Uuid> first = {};  ///< those that were tried
  std::vector<Uuid> rest = {};
  queue::Fates fates = {};  ///< of the first
  bool goes_on = false;

  std::int64_t tried() const { return fates.finished + fates.failed(); }
  /// Of those that were tried, how many failed as before.
  std::int64_t failed_again() const;
};

struct Canary {
  std::vector<CanaryGroup> groups;

  std::vector<Uuid> first() const;
  std::vector<Uuid> rest() const;  ///< of the groups that go on
  std::int64_t stopped() const;    ///< tasks of the others that stay as they are
};

/// `count` tasks of each error that was chosen, and the rest.
Canary split_for_canary(const ErrorChoice& errors, std::size_t count);

/// Whether the rest follows, by what became of the first: not where none was tried yet, nor where `stop_at` per cent of
/// those that were tried, or more, failed in the same way.
void judge_canary(CanaryGroup& group, int stop_at);

/// `50%`: from 1 to 100. Throws Error (usage).
int parse_share(const std::string& text);

ui::Text describe_canary(const ui::Terminal& terminal, const Canary& canary);
Json json_of_canary(const Canary& canary);

}  // namespace akqueue::commands

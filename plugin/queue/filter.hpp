// Which tasks a command means. One grammar for every command that selects; here it becomes SQL and words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/time.hpp"
#include "session/session.hpp"

namespace akqueue {

/// Empty lists and absent values select everything. All given conditions must hold; of several values in one list any.
struct TaskFilter {
  std::vector<std::string> queues;
  std::vector<std::string> states;
  std::vector<std::string> actors;  ///< full names
  std::vector<std::string> ids;     ///< whole message ids
  std::optional<std::int64_t> older_than_s;

  /// Nothing but the choice of queues or states was given: the command would take them whole.
  bool selects_everything() const { return actors.empty() && ids.empty() && !older_than_s; }
};

/// A filter at a moment: what a preview counted and what the deed may touch. A task that came or changed after
/// `as_of` (the database's clock) was not previewed and is left alone, as far as its mtime tells: a retry in the admin UI
/// is the one change that leaves mtime as it was.
struct Selection {
  TaskFilter filter = {};
  Timestamp as_of = 0;
  /// For commands that only look: nothing is too new to be shown.
  bool with_newer = false;

  /// The condition on the task row `alias`, its values bound to `statement`.
  std::string where(Statement& statement, std::string_view alias) const;
  /// The same without `as_of`: the tasks that the filter means now.
  std::string where_now(Statement& statement, std::string_view alias) const;
  /// The selection in pieces of at most kIdsAtOnce ids, each small enough for one statement. One piece without ids.
  std::vector<Selection> pieces() const;

  static constexpr std::size_t kIdsAtOnce = 1000;
};

/// `queued tasks of authentik.outposts.tasks.outpost_send_update in queue default, older than 6h`.
std::string in_words(const TaskFilter& filter);

/// `alias."column" IN ($1, $2)`.
std::string any_of(Statement& statement, std::string_view alias, std::string_view column, const std::vector<std::string>& values);

}  // namespace akqueue

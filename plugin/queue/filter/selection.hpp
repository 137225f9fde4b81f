// A filter at a moment, as a condition of SQL. Values are always bound.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/time.hpp"
#include "queue/filter/filter.hpp"
#include "session/database.hpp"

namespace akqueue {

/// A filter at a moment: what a preview counted and what the deed may touch. A task that came or changed after the
/// preview's snapshot was not previewed and is left alone, whatever the clocks say that made its times.
struct Selection {
  TaskFilter filter = {};
  Timestamp as_of = 0;  ///< what ages count from: the database's clock
  /// What the preview saw, by Dialect::snapshot(). Empty for commands that only look: they see what they see.
  std::string snapshot = {};
  /// What keep_newest keeps and limit allows, found out once: see pin().
  std::vector<Uuid> kept = {};
  std::vector<std::string> scheduled = {};  ///< actors that schedules make, for keep_newest
  struct Place {
    std::string mtime;
    std::string id;
  };
  std::optional<Place> last = {};

  /// The condition on the task row `alias`, its values bound to `statement`.
  /// Throws Error (unsupported) for a condition on a column or table that this release does not have.
  std::string where(Statement& statement, const Database& database, std::string_view alias) const;
  /// The same without the snapshot: the tasks that the filter means now.
  std::string where_now(Statement& statement, const Database& database, std::string_view alias) const;
  /// The selection in pieces of at most kIdsAtOnce ids, each small enough for one statement. One piece without ids.
  std::vector<Selection> pieces() const;

  static constexpr std::size_t kIdsAtOnce = 5000;
};

/// The filter at `as_of` for a command that only looks, with what `keep_newest` and `limit` mean at this moment. One
/// scan each, where they are given. In a transaction. Throws Error (usage) when more than kMostKept tasks would have to
/// be kept.
Selection selection_now(const Database& database, const TaskFilter& filter, Timestamp as_of);

/// The filter at `as_of`, with what the open transaction sees and what `keep_newest` and `limit` mean in it. One scan
/// each, where they are given. In a transaction with one snapshot. Throws Error (usage) when more than kMostKept tasks
/// would have to be kept.
Selection pin(const Database& database, const TaskFilter& filter, Timestamp as_of);

inline constexpr std::size_t kMostKept = 20'000;

/// `alias."column" IN ($1, $2)`.
std::string any_of(Statement& statement, std::string_view alias, std::string_view column,
                   const std::vector<std::string>& values);

}  // namespace akqueue

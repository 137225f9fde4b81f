// A filter at a moment, as a condition in SQL. Values are always bound.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/time.hpp"
#include "queue/filter/filter.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

/// How a statement comes to the rows of which a condition speaks: by the condition, or by their key, from another row.
enum class Row { searched, found };

/// What a deletion does about waiting tasks outside the filter that wait for tasks within (filter/dependencies.hpp).
enum class Dependents {
  left,   ///< nothing: they run without
  along,  ///< they go along, and so does what waits for them
  kept,   ///< what they wait for stays, and so does what that waits for
};

/// A filter at a moment: what a preview counted and what the command may then change. A task that came or changed after
/// the preview's snapshot was not previewed and is left alone, whatever its times say: clocks differ. Except for what
/// ending workers had in hand.
struct Selection {
  TaskFilter filter = {};
  Timestamp as_of = 0;  ///< ages count from here: the database's clock
  /// What the preview saw, by Dialect::snapshot(). Empty for commands that only look.
  std::string snapshot = {};
  /// What keep_newest keeps and limit allows, looked up once: see pin().
  std::vector<Uuid> kept = {};
  std::optional<std::vector<Uuid>> orphans = {};  ///< the orphaned ones that the preview saw; nothing: as it is now
  /// What workers that are about to end had in hand when the preview saw it: it goes even if they have put it back to
  /// wait since (hand_over()).
  std::vector<Uuid> handed = {};
  std::vector<std::string> scheduled = {};  ///< actors that schedules make, for keep_newest
  struct Place {
    std::string mtime;
    std::string id;
  };
  std::optional<Place> last = {};
  Dependents dependents = Dependents::left;
  bool takes_held = false;  ///< what workers have in hand goes as well: then so does what waits for it

  /// Of pieces(): what is in it, and what it is a piece of.
  enum class Part { whole, chosen, along } part = Part::whole;
  std::shared_ptr<const Selection> piece_of = {};

  /// The condition on the task row `alias`, its values bound to `statement`.
  /// Throws Error (unsupported) for a condition on a column or table that this release does not have.
  std::string where(session::Statement& statement, const session::Database& database, std::string_view alias,
                    Row row = Row::searched) const;
  /// The same without the snapshot: the tasks that the filter means now.
  std::string where_now(session::Statement& statement, const session::Database& database, std::string_view alias) const;
  /// What the filter alone chooses, whatever waits for it; `pinned`: as the preview saw it.
  std::string chosen(session::Statement& statement, const session::Database& database, std::string_view alias,
                     bool pinned, Row row) const;
  /// The selection in pieces of at most kIdsAtOnce ids, each small enough for one statement. One piece without ids.
  /// Tasks that go along are a piece of their own, the first.
  std::vector<Selection> pieces() const;

  static constexpr std::size_t kIdsAtOnce = 5000;

 private:
  std::string within(session::Statement& statement, const session::Database& database, std::string_view alias,
                     bool pinned, Row row) const;
};

/// The filter at `as_of` for a command that only looks, with what `keep_newest` and `limit` mean at this moment. One
/// scan each, where they are given. In a transaction. Throws Error (usage) when more than kMostKept tasks would have to
/// be kept.
Selection selection_now(const session::Database& database, const TaskFilter& filter, Timestamp as_of);

/// The filter at `as_of`, with what the open transaction sees and what `keep_newest`, `limit` and `orphaned` mean in
/// it. One scan each, where they are given. In a transaction with one snapshot. Throws Error (usage) when more than
/// kMostKept tasks would have to be kept, or are orphaned.
Selection pin(const session::Database& database, const TaskFilter& filter, Timestamp as_of);

/// Makes a pinned selection one of which nothing stays in the hands of workers that end before it is carried out: a
/// worker that ends puts back to wait what it has not begun. One scan. In the transaction of pin().
void hand_over(const session::Database& database, Selection& selection);

inline constexpr std::size_t kMostKept = 20'000;

/// `alias."column" IN ($1, $2)`.
std::string any_of(session::Statement& statement, std::string_view alias, std::string_view column,
                   const std::vector<std::string>& values);

}  // namespace akqueue::queue

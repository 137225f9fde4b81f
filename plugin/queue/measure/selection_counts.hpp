// Counting tasks: what a selection holds, by queue, actor and state.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "queue/filter/selection.hpp"

namespace akqueue::queue {

/// Tasks of one queue, actor and state.
struct Group {
  std::string queue;
  std::string actor;
  std::string state;
  std::int64_t tasks = 0;
  std::int64_t held = 0;            ///< of these, by a live worker, those that are just ending too (in_hand.hpp)
  std::optional<Timestamp> oldest;  ///< mtime, like newest
  std::optional<Timestamp> newest;
};

struct SelectionCounts {
  std::vector<Group> groups;

  std::int64_t total() const;
  /// Without what workers have in hand.
  SelectionCounts without_held() const;
  std::int64_t held() const;
  /// How far ahead of `now`, the database's clock, the latest mtime is, in seconds; 0 if it is not ahead (or by no more
  /// than a second).
  std::int64_t ahead_of(Timestamp now) const;
  /// Tasks by state, and by actor with the most first.
  std::map<std::string, std::int64_t> by_state() const;
  std::vector<std::pair<std::string, std::int64_t>> by_actor() const;
};

/// Counts the selection: one scan, and a short look at the rows that workers have taken.
SelectionCounts count_selection(const session::Database& database, const Selection& selection);

/// How many tasks match; and how many of them are in the selection as it was previewed.
struct Remaining {
  std::int64_t now = 0;        ///< matching the filter now
  std::int64_t previewed = 0;  ///< of these, as the preview saw them
};
Remaining count_remaining(const session::Database& database, const Selection& selection);

}  // namespace akqueue::queue

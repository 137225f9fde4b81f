// Tasks counted by something else than their actor: the last error of their log, their uid, what they are about, their
// queue.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "queue/filter/selection.hpp"

namespace akqueue::queue {

enum class GroupBy { error, uid, object, queue };

/// Tasks that are alike, in all their states.
struct AlikeTasks {
  std::string name;  ///< empty: those without a uid, or about nothing
  std::int64_t tasks = 0;
  std::int64_t held = 0;            ///< of these, in hand of a live worker (queue/filter/in_hand.hpp)
  std::optional<Timestamp> oldest;  ///< mtime, like newest
  std::optional<Timestamp> newest;
  std::map<std::string, std::int64_t> states;
};

struct GroupCounts {
  std::vector<AlikeTasks> groups;  ///< the most tasks first
  std::int64_t tasks = 0;          ///< in all; by error: those that have logged one
  std::int64_t ungrouped = 0;      ///< of these, in groups that are not among the largest kMostGroups
};

/// The database counts different texts, uids and objects, one for each state; more than the largest so many are not
/// read.
inline constexpr std::int64_t kMostGroups = 10'000;

/// One scan and a short look at what workers have in hand; by error also one look into the log's index for each task.
/// In a transaction. Throws Error (unsupported) by error where this release keeps no log that is known.
GroupCounts count_groups(const session::Database& database, const Selection& selection, GroupBy by,
                         std::int64_t most = kMostGroups);

/// Class and message of an error without what tells one case from another: `connection to <n>.<n>.<n>.<n> refused`,
/// `no object <id>`. Digits within a word stay (`oauth2`).
std::string fold_error(std::string_view error);

}  // namespace akqueue::queue

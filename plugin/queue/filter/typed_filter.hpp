// What a person wrote to choose tasks, and what it means on this site: tails and globs of actors, kinds of objects,
// tenants by name, ids by their beginning.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "queue/filter/filter.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

struct TaskChoice {
  std::vector<std::string> queues = {};
  std::vector<std::string> states = {};
  std::vector<std::string> actors = {};  ///< full names, tails, globs
  std::vector<std::string> uids = {};
  std::vector<std::string> objects = {};  ///< `outpost`, `authentik_outposts.outpost`, `outpost/ID`, `ID`
  std::vector<std::string> tenants = {};  ///< names, schema names, ids or their beginnings
  std::vector<Uuid> ids = {};
  std::vector<std::string> id_beginnings = {};
  std::optional<std::int64_t> older_than_s = {};
  std::optional<std::int64_t> newer_than_s = {};
  std::string log_text = {};
  std::string log_level = {};
  bool held = false;
  bool orphaned = false;
  std::vector<HolderName> holders = {};
  bool expired = false;
  std::int64_t kept_for_s = std::int64_t{30} * 86400;  ///< how long authentik keeps finished tasks, on this site
  std::optional<std::int64_t> keep_newest = {};
  std::optional<std::int64_t> limit = {};

  bool has_ids() const { return !ids.empty() || !id_beginnings.empty(); }
  /// No condition at all; a queue or a state counts as one.
  bool empty() const;
};

/// The choice on this site. In a transaction. Reads what it needs: names only where actors are given, and so on.
/// Throws Error (usage) for an actor, kind, tenant or id that does not exist (with the nearest name) or that could be
/// several (naming them), (unsupported) where the release has no such thing.
TaskFilter resolve(const session::Database& database, const TaskChoice& choice);

/// The task whose id is, or begins with, `written`. Throws Error (not_found) for none, (usage) for several or for
/// something that is not an id.
Uuid resolve_id(const session::Database& database, std::string_view written);

/// Fewer digits are more likely a slip than the beginning of an id.
inline constexpr std::size_t kLeastBeginning = 4;

}  // namespace akqueue::queue

// Which tasks a command means: one grammar for every command that selects. What a person wrote is in typed_filter.hpp;
// here all names are whole and known. It becomes SQL in selection.hpp; the conditions themselves are in
// task_condition.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "akqueue/uuid.hpp"

namespace akqueue::queue {

/// What tasks may be about: objects of one kind, or one of them.
struct RelatedObjects {
  std::vector<std::int64_t> content_types;  ///< of django_content_type; empty: any kind
  std::string id;                           ///< rel_obj_id; empty: all of the kind
  std::string written;                      ///< as the person wrote it
};

/// A worker, as a person names it and as the database knows who holds a lock (Dialect::holders()).
struct HolderName {
  std::string name;                   ///< its pod, or an address
  std::vector<std::string> known_as;  ///< addresses and names; any of them
};

/// Of tasks that are alike (queue/change/duplicates.hpp), the one that stays.
enum class KeptDuplicate { newest, oldest };

/// Empty lists and absent values select everything. All given conditions must hold; of several values in one list any.
struct TaskFilter {
  std::vector<std::string> queues = {};
  std::vector<std::string> states = {};
  std::vector<std::string> actors = {};  ///< full names
  std::vector<std::string> uids = {};    ///< `_uid`, or `actor:_uid` as the admin UI shows it
  std::vector<RelatedObjects> objects = {};
  std::vector<std::string> tenants = {};  ///< whole ids
  std::vector<Uuid> ids = {};             ///< of tasks
  std::optional<std::int64_t> older_than_s = {};
  std::optional<std::int64_t> newer_than_s = {};
  std::string log_text = {};                         ///< some log row's event has it, whatever its case
  std::optional<std::int64_t> expired_after_s = {};  ///< what authentik's purge takes, which keeps tasks so long
  std::string log_level = {};                        ///< the log of its last attempt has this level, or a worse one
  bool held = false;                                 ///< a live worker holds it
  bool orphaned = false;                             ///< taken, and nobody holds it (in_hand.hpp)
  std::vector<HolderName> holders = {};              ///< one of these holds it
  bool hide_successful = false;                      ///< without what the admin UI calls successful
  std::optional<std::int64_t> keep_newest = {};      ///< without the newest so many of each actor and object
  std::optional<KeptDuplicate> duplicates = {};      ///< `ids` are those of tasks that others repeat
  std::optional<std::int64_t> limit = {};            ///< only so many, the oldest first
  std::vector<std::string> notes = {};               ///< what is to be said of names that nobody knows

  /// Nothing was given except queues or states: the command would take them whole.
  bool selects_everything() const;
  /// It is about tasks that workers have taken: those that are held, or nobody's.
  bool asks_who_holds() const { return held || orphaned || !holders.empty(); }
};

/// Whether no condition was given at all.
bool is_unconditional(const TaskFilter& filter);

/// `queued tasks of authentik.outposts.tasks.outpost_send_update in queue default, older than 6h`.
std::string in_words(const TaskFilter& filter);

/// A filter as it is in JSON: `words`, and each condition that was given.
Json json_of_filter(const TaskFilter& filter);

}  // namespace akqueue::queue

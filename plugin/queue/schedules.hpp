// What authentik's scheduler enqueues by itself: it tells whether deleted tasks come back, and when.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "akqueue/time.hpp"
#include "akqueue/uuid.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

/// The actor of the one schedule that authentik itself pauses: where a site does not look for updates.
inline constexpr std::string_view kPausedByAuthentik = "authentik.admin.tasks.update_latest_version";

/// The next run of a schedule that has none: the year 2999. With `paused` a release before 2026.8 would lose it when a
/// worker starts.
inline constexpr Timestamp kNeverRuns = 32'472'144'000 * kSecond;

struct Schedule {
  std::string actor;
  std::string crontab;
  bool paused = false;
  std::optional<Timestamp> next_run;
  Uuid id = {};
  std::string identifier = {};  ///< empty for none
  std::string uid = {};         ///< what it is about, in authentik's words; empty for none
  std::int64_t content_type = 0;
  std::string object_id = {};  ///< of the object that it belongs to; empty for none

  /// `authentik.outposts.tasks.outpost_controller:corp-proxy`: the actor, and what tells it from others of that.
  std::string name() const;
};

/// Whether it makes tasks.
enum class Standing {
  regular,  ///< by its crontab
  paused,   ///< no more, until somebody resumes it
  held,     ///< not before Schedule::next_run, though its crontab says so; then again by itself
};

Standing standing_of(const Schedule& schedule, Timestamp now);

/// The next time by its crontab; nothing for one that never comes, or that can't be read.
std::optional<Timestamp> regular_run_after(const Schedule& schedule, Timestamp at);

/// All schedules, next first; none if the release has no such table. In a transaction.
std::vector<Schedule> read_schedules(const session::Database& database);

/// SELECT … FROM the table AS s, for rows that schedule_of() takes.
std::string schedule_columns();
Schedule schedule_of(const session::Value& row);

}  // namespace akqueue::queue

// What can be done to tasks without deleting them, and what their rows look like afterwards: each is compared with what
// authentik's own code leaves behind.
#pragma once

#include <optional>
#include <string_view>

namespace akqueue::queue {

enum class RowChange {
  /// What the admin UI's button does: queued again, its retries as its message says, the log of the last attempt marked
  /// as such, and a row in the log that says so.
  retry,
  hasten,   ///< what waits for its next try is tried now: no eta, nothing else
  requeue,  ///< what a worker does with what it has not begun when it ends: queued, nothing else
  reject,   ///< rejected, with a row in the log that says why
};

/// `retry`, `hasten`, `requeue`, `reject`: as the header of its record has it.
std::string_view row_change_name(RowChange change);
/// Nothing for a name that this version does not know.
std::optional<RowChange> row_change_named(std::string_view name);

/// What it adds to a task's log, and what it makes of the rest.
struct ChangeNote {
  std::string_view event;
  std::string_view level;
  std::string_view logger;
  std::string_view old_logger;  ///< before the log had a table
  bool begins_attempt = false;  ///< all rows before it are of an earlier attempt
};

/// Nothing for a change that the log does not tell.
std::optional<ChangeNote> note_of(RowChange change);

/// The state that it gives a task; a retried one that waits for others gets task_state::kWaiting instead.
std::string_view state_after(RowChange change);

/// Whether the retries in the row become those of the message.
constexpr bool takes_retries_of_message(RowChange change) { return change == RowChange::retry; }

}  // namespace akqueue::queue

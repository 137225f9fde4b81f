// The log that authentik's middleware leaves for a task, in order: rows of the log table or, before 2025.10, JSON in
// the task's own row.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "queue/stamps.hpp"
#include "scenario/scenario.hpp"

namespace akqueue::sim {

struct LogRow {
  std::string_view event;
  std::string_view level;
  std::string_view logger;
  std::string_view attributes;
  bool previous = false;  ///< of an earlier attempt
};

/// The time of row `number` of a log of `count`, of a task that was last touched at `mtime`.
constexpr Timestamp log_time(Timestamp mtime, std::size_t number, std::size_t count) {
  return mtime - static_cast<Timestamp>(count - 1 - number) * 40'000;
}

/// The aggregated_status that authentik's trigger gives a task whose worst level it sees in these rows.
std::string_view aggregated_status(std::string_view state, const std::vector<LogRow>& seen);

/// Logs as 2025.8 keeps them in the task's row: those of this attempt (`_messages`) or of the attempts before
/// (`_previous_messages`), texts that differ in their times only.
class LogMessages {
 public:
  LogMessages(const std::vector<LogRow>& rows, bool previous);
  /// A JSON array.
  std::string text(Timestamp mtime, Stamps& stamps) const;

 private:
  struct Piece {
    std::size_t number;  ///< within the whole log
    std::string before;  ///< up to the time
    std::string behind;
  };
  std::vector<Piece> pieces_;
  std::size_t count_;
};

/// The log of one task of the group. The texts live in the group and in the program.
std::vector<LogRow> log_rows(const TaskGroup& group);

}  // namespace akqueue::sim

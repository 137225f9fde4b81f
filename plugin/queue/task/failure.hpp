// Why a task failed, in a line: the last error of its log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "queue/task/task.hpp"

namespace akqueue::queue {

struct Failure {
  enum class Stage {
    rejected,  ///< no worker tries it again
    waiting,   ///< for its next try
    again,     ///< a worker has taken it for its next try
    done       ///< it went on in spite of errors
  };
  Stage stage = Stage::rejected;
  std::string what;                   ///< `ConnectionError: timed out`; empty where nothing says why
  std::optional<Timestamp> at;        ///< when that was logged, or when the task last changed
  std::optional<std::int64_t> tries;  ///< that have ended, where the release counts them
};

/// Nothing for a task that has not failed: one that waits for its first try, or was done without errors in the log of
/// its last attempt. Goes through the log once. In a transaction.
std::optional<Failure> read_failure(const session::Database& database, const TaskDetail& task);

}  // namespace akqueue::queue

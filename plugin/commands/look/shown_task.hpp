// What `show` knows of one task.
#pragma once

#include <optional>

#include "queue/task/failure.hpp"

namespace akqueue::commands {

struct Shown {
  Timestamp now = 0;
  queue::TaskDetail task;
  bool stranded = false;  ///< locked, though no worker has given a sign of life
  std::optional<queue::Failure> failure = {};
};

}  // namespace akqueue::commands

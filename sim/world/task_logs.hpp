// The log rows that authentik's middleware leaves for a task, in order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "world/scenario.hpp"

namespace akqueue::sim {

struct LogRow {
  std::string_view event;
  std::string_view level;
  std::string_view logger;
  std::string_view attributes;
  bool previous = false;  ///< of an earlier attempt
};

/// The log of one task of the group. The texts live in the group and in the program.
std::vector<LogRow> log_rows(const TaskGroup& group);

}  // namespace akqueue::sim

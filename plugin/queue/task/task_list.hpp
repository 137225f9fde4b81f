// The tasks of a selection, one by one, newest first.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "queue/filter/selection.hpp"

namespace akqueue {

struct TaskLine {
  std::string id;
  std::string queue;
  std::string actor;
  std::string state;
  std::string status;  ///< aggregated_status
  std::optional<Timestamp> changed;
  std::string uid;
  Value content_type;
  std::string object_id;
  std::optional<Timestamp> eta;
  std::optional<std::int64_t> retries;
  std::string tenant;
  std::string worst_level;  ///< of the current attempt's log; empty where it has none
};

/// With a limit and without the successful ones, of the tasks that are done only the newest so many are looked through.
inline constexpr std::int64_t kDoneLookedThrough = 10'000;

/// At most `limit` of them (0: all), in constant memory. In a transaction.
void list_tasks(const Database& database, const Selection& selection, std::int64_t limit,
                const std::function<void(const TaskLine&)>& on_task);

}  // namespace akqueue

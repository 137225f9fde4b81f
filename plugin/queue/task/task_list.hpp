// The tasks of a selection, one by one, newest first.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "queue/filter/selection.hpp"

namespace akqueue::queue {

/// Whose a task is that a worker has taken (queue/filter/in_hand.hpp).
enum class Whose { nobody, held, stranded, ending, orphaned };

struct TaskLine {
  std::string id;
  std::string queue;
  std::string actor;
  std::string state;
  std::string status;  ///< aggregated_status
  std::optional<Timestamp> changed;
  std::string uid;
  session::Value content_type;
  std::string object_id;
  std::optional<Timestamp> eta;
  std::optional<std::int64_t> retries;
  std::string tenant;
  std::string worst_level;      ///< of the current attempt's log; empty if it has none
  Whose whose = Whose::nobody;  ///< where holders were asked for, like the next
  std::string holder;           ///< of the lock, as Dialect::holders() has it; empty for none
};

/// With a limit and without the successful tasks, only this many of the newest done tasks are looked through.
inline constexpr std::int64_t kDoneLookedThrough = 10'000;

/// Whether who holds them is read as well: one look at the locks, whatever the number of tasks.
enum class Holders { left_out, read };

/// At most `limit` of them (0: all), in constant memory. In a transaction that began at the selection's moment.
void list_tasks(const session::Database& database, const Selection& selection, std::int64_t limit, Holders holders,
                const std::function<void(const TaskLine&)>& on_task);

}  // namespace akqueue::queue

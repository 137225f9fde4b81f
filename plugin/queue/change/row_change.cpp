#include "queue/change/row_change.hpp"

#include <array>
#include <utility>

#include "akqueue/tasks.hpp"

namespace akqueue::queue {
namespace {

constexpr std::array<std::pair<RowChange, std::string_view>, 4> kRowChanges{{{RowChange::retry, "retry"},
                                                                             {RowChange::hasten, "hasten"},
                                                                             {RowChange::requeue, "requeue"},
                                                                             {RowChange::reject, "reject"}}};

}  // namespace

std::string_view row_change_name(RowChange change) {
  for (const auto& [one, name] : kRowChanges) {
    if (one == change) return name;
  }
  return {};
}

std::optional<RowChange> row_change_named(std::string_view name) {
  for (const auto& [change, one] : kRowChanges) {
    if (one == name) return change;
  }
  return std::nullopt;
}

std::optional<ChangeNote> note_of(RowChange change) {
  if (change == RowChange::retry)
    return ChangeNote{.event = "Task will be retried",
                      .level = "info",
                      .logger = "authentik.tasks.middleware.TaskLogMiddleware",
                      .old_logger = "<class 'authentik.tasks.middleware.MessagesMiddleware'>",
                      .begins_attempt = true};
  if (change == RowChange::reject)
    return ChangeNote{.event = "Task was rejected: the worker that had taken it is gone",
                      .level = "warning",
                      .logger = "kubectl-akqueue",
                      .old_logger = "kubectl-akqueue"};
  return std::nullopt;
}

std::string_view state_after(RowChange change) {
  return change == RowChange::reject ? task_state::kRejected : task_state::kQueued;
}

}  // namespace akqueue::queue

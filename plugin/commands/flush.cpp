#include "commands/flush.hpp"

#include "akqueue/tasks.hpp"
#include "commands/deleting.hpp"

namespace akqueue {

int run_flush(const Invocation& invocation) {
  const auto& arguments = invocation.options.arguments();
  const std::string queue = arguments.empty() ? std::string(kDefaultQueue) : arguments.front();
  const auto queues = broker_queues(queue);
  Deleting deleting;
  deleting.queue = queue;
  deleting.filter.queues = {queues.begin(), queues.end()};
  if (invocation.options.has("only-queued")) {
    deleting.filter.states = {std::string(task_state::kQueued)};
  } else {
    deleting.whole_queue = queue;
  }
  const Site site = enter(invocation);
  return delete_with_questions(invocation, site, deleting);
}

}  // namespace akqueue

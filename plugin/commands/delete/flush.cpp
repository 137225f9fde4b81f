#include "commands/delete/flush.hpp"

#include "akqueue/tasks.hpp"
#include "commands/delete/deletion_flow.hpp"
#include "commands/shared/filter_options.hpp"

namespace akqueue {

DeletionRequest flush_orders(const Options& options, const std::vector<std::string>& arguments) {
  const std::string queue = arguments.empty() ? std::string(kDefaultQueue) : arguments.front();
  if (queue.empty()) throw Error(ErrorCode::usage, "the queue's name is empty", "kubectl akqueue status -o name lists the queues");
  const auto queues = broker_queues(queue);
  DeletionRequest deleting{.choice = read_choice(options, {.ids = false}), .queue = queue};
  if (options.has("only-queued")) {
    if (options.has("state")) throw Error(ErrorCode::usage, "--only-queued does not go with --state", "leave out one of them");
    deleting.choice.states = {std::string(task_state::kQueued)};
  }
  if (deleting.choice.empty()) deleting.whole_queue = queue;
  deleting.choice.queues = {queues.begin(), queues.end()};
  return deleting;
}

int run_flush(const Invocation& invocation) {
  return delete_with_questions(invocation, flush_orders(invocation.options, invocation.options.arguments()));
}

}  // namespace akqueue

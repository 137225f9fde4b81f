#include "commands/repair/change_request.hpp"

#include "akqueue/time.hpp"

namespace akqueue::commands {
namespace {

constexpr auto kUsualFollow = std::chrono::seconds(60);

}  // namespace

void read_manner(const Options& options, const cli::Command& command, ChangeRequest& request) {
  request.site = read_site_request(options, command.effect);
  request.dry_run = options.has("dry-run");
  request.ask = !options.has("yes");
  request.keep = read_keep_request(options, command);
  request.keep.change = queue::row_change_name(request.change);
  request.output = read_output(options);
  if (options.has("follow")) request.follow = kUsualFollow;
  if (const auto given = options.value("follow-for"))
    request.follow = std::chrono::seconds(parse_duration_or_zero(*given));
}

ChangeWords change_words(queue::RowChange change) {
  switch (change) {
    case queue::RowChange::retry: return {"retry", "retries", "retried", ""};
    case queue::RowChange::hasten: return {"retry", "retries", "retried", " now"};
    case queue::RowChange::requeue: return {"requeue", "requeues", "requeued", ""};
    case queue::RowChange::reject: return {"reject", "rejects", "rejected", ""};
  }
  return {};
}

}  // namespace akqueue::commands

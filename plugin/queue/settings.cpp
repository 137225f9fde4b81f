#include "queue/settings.hpp"

#include <algorithm>
#include <charconv>

#include "akqueue/tasks.hpp"

namespace akqueue::queue {
namespace {

constexpr std::int64_t kMany = 100'000;  // queued tasks whose ids fill a worker's memory

const LiveSetting* find(const std::vector<LiveSetting>& settings, std::string_view name) {
  const auto found = std::ranges::find_if(settings, [&](const LiveSetting& one) { return one.known->name == name; });
  return found == settings.end() ? nullptr : &*found;
}

std::int64_t number_of(const std::vector<LiveSetting>& settings, std::string_view name) {
  const LiveSetting* setting = find(settings, name);
  return setting == nullptr ? 0 : parse_whole(setting->value).value_or(0);
}

/// 0 for what is not a time.
std::int64_t seconds_of(const std::vector<LiveSetting>& settings, std::string_view name) {
  const LiveSetting* setting = find(settings, name);
  return setting == nullptr ? 0 : parse_timedelta(setting->value).value_or(0);
}

std::optional<Timestamp> oldest_finished(const QueueStatus& status) {
  std::optional<Timestamp> oldest;
  for (const QueueState& state : status.states) {
    const bool finished = std::ranges::find(task_state::kFinished, state.count.state) != task_state::kFinished.end();
    if (finished && state.oldest && (!oldest || *state.oldest < *oldest)) oldest = state.oldest;
  }
  return oldest;
}

}  // namespace

std::optional<std::int64_t> parse_whole(std::string_view text, std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < 0 || number > most) return std::nullopt;
  return number;
}

std::vector<std::string> remarks_on(const std::vector<LiveSetting>& settings, const QueueStatus& status,
                                    std::int64_t worker_pods) {
  std::vector<std::string> remarks;
  const std::int64_t processes = number_of(settings, "worker.processes");
  const std::int64_t at_once = worker_pods * processes * number_of(settings, "worker.threads");
  if (status.queued() >= kMany && worker_pods * processes > 0) {
    remarks.push_back("each of " + std::to_string(worker_pods * processes) +
                      " worker processes reads the ids of all queued tasks at once: so many ids make them run out of "
                      "memory, and more processes make it worse");
  } else if (at_once > 0 && status.queued() > at_once * 1000) {
    remarks.push_back("at most " + std::to_string(at_once) +
                      " tasks run at once, and more than a thousand times as many wait");
  }
  const std::int64_t kept = seconds_of(settings, "worker.task_expiration");
  const auto oldest = oldest_finished(status);
  const std::int64_t age = oldest ? (status.now - *oldest) / kSecond : 0;
  if (kept > 0 && age > kept + 2 * seconds_of(settings, "worker.task_purge_interval")) {
    remarks.push_back("finished tasks are " + format_age(age) + " old, though authentik keeps them for only " +
                      format_age(kept) +
                      ": only an idle worker purges, and it loads them all to do so; kubectl akqueue delete --expired "
                      "deletes them in batches");
  }
  for (const LiveSetting& one : settings) {
    if (one.known->unit == "timedelta" && !one.value.empty() && !parse_timedelta(one.value))
      remarks.push_back(std::string(one.known->name) + " is '" + one.value +
                        "', which is not a time as authentik writes them (days=30)");
  }
  return remarks;
}

}  // namespace akqueue::queue

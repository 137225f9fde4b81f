#include "commands/repair/verdict_words.hpp"

#include <utility>

#include "queue/change/verdict.hpp"

namespace akqueue::commands {

std::string verdict_words(std::string_view verdict, queue::RowChange change) {
  namespace word = queue::verdict;
  const bool retries = change == queue::RowChange::retry;
  const std::pair<std::string_view, const char*> words[] = {
      {word::kHeld, "a live worker has it in hand"},
      {word::kOrphaned, "a worker took it and died (recover puts it right)"},
      {word::kStranded, "locked, with no worker behind the lock (drain ends that)"},
      {word::kQueued, "queued already"},
      {word::kWaiting, retries ? "waits for its next try (--waiting)" : "waits for its next try"},
      {word::kDependency, "depends on a task that is rejected or not done"},
      {word::kDone, "done, and this release retries only what was rejected"},
      {word::kFinished, retries ? "finished" : "finished: nothing is to be put right"},
      {word::kUnknown, "in a state that this version does not know"},
      {word::kNoActor, "this authentik has no such actor any more: no worker can run it"},
      {word::kEmpty, "its message is empty: nothing is left to run"},
      {word::kUnreadable, "its message can't be read"},
      {word::kLocked, "locked by another transaction"},
      {"canary", "the first of them failed again, or were not tried in time"},
      {word::kChanged, "changed after the preview, or gone"}};
  for (const auto& [one, text] : words) {
    if (one == verdict) return text;
  }
  return std::string(verdict);
}

}  // namespace akqueue::commands

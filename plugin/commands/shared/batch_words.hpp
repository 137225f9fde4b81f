// What every command that works batch by batch says: while it works, and of how that ended.
#pragma once

#include <string>

#include "akqueue/ending.hpp"
#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "queue/change/deletion.hpp"
#include "system/interrupts.hpp"

namespace akqueue::commands {

/// The state of a progress line: `doing` and what holds that back, unless the command is ending or waits.
inline std::string state_words(const system::Interrupts& interrupts, const queue::Progress& progress,
                               const std::string& doing) {
  if (interrupts.requested()) return "ending after this batch";
  if (progress.waiting_for_locks) return "waiting for locks";
  return progress.brake.empty() ? doing : doing + ", " + progress.brake;
}

/// `in_doubt`, `batches`, `longest_transaction_ms`, `took_ms` and `ending` of a result of queue/change.
template <class Result>
void add_run(Json& outcome, const Result& result) {
  outcome["in_doubt"] = result.in_doubt;
  outcome["batches"] = result.batches;
  outcome["longest_transaction_ms"] = result.longest.count();
  outcome["took_ms"] = result.took.count();
  outcome["ending"] = ending_word(result.ending);
}

/// `error`, where it failed.
template <class Result>
void add_failure(Json& outcome, const Result& result) {
  if (result.failure)
    outcome["error"] = {{"code", error_kind(result.failure->code()).name}, {"message", result.failure->what()}};
}

}  // namespace akqueue::commands

#include "queue/change/deletion_run.hpp"

#include <algorithm>

namespace akqueue::queue {

void DeletionRun::add(const BatchResult& batch) {
  {
    const std::scoped_lock hold(mutex_);
    for (const auto& [key, count] : batch.deleted) result_.deleted[key] += count;
    deleted_ += backup::total(batch.deleted);
    result_.other_rows += batch.other_rows;
    result_.longest = std::max(result_.longest, batch.took);
    ++result_.batches;
  }
  report(false);
  check_end();
}

void DeletionRun::check_end() {
  constexpr std::int64_t kFewRows = 1000;
  if (deleted() <= 2 * std::max(orders_.expected, kFewRows)) return;
  throw Error(ErrorCode::unsupported,
              "twice as many tasks were deleted as the preview counted: something in the database puts them back",
              "look for a trigger on the task table: kubectl akqueue schema shows them");
}

std::int64_t DeletionRun::deleted() {
  const std::scoped_lock hold(mutex_);
  return deleted_;
}

/// A terminal has one thread.
void DeletionRun::report(bool waiting, const std::string& brake) {
  if (std::this_thread::get_id() == made_in_) orders_.progress({deleted(), orders_.expected, waiting, brake});
}

void DeletionRun::report_brake(const std::string& words) {
  {
    const std::scoped_lock hold(mutex_);
    result_.held_back_by = words;
  }
  report(false, words);
}

void DeletionRun::held_back(std::chrono::nanoseconds time) {
  const std::scoped_lock hold(mutex_);
  result_.held_back += std::chrono::duration_cast<std::chrono::milliseconds>(time);
}

bool DeletionRun::fail(const Error& error, std::int64_t in_doubt) {
  {
    const std::scoped_lock hold(mutex_);
    result_.in_doubt += in_doubt;
  }
  return end_.fail(error);
}

DeletionResult& DeletionRun::end() {
  end_.check();
  result_.ending = end_.ending();
  result_.failure = end_.failure();
  return result_;
}

}  // namespace akqueue::queue

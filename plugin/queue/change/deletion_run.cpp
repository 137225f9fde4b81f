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

bool DeletionRun::stopped() {
  const std::scoped_lock hold(mutex_);
  if (unforeseen_) return true;
  if (result_.ending == Ending::complete && orders_.stop()) result_.ending = Ending::interrupted;
  return result_.ending != Ending::complete;
}

bool DeletionRun::fail(const Error& error, std::int64_t in_doubt) {
  const std::scoped_lock hold(mutex_);
  result_.in_doubt += in_doubt;
  if (result_.failure) return false;
  result_.ending = error.code() == ErrorCode::interrupted ? Ending::interrupted : Ending::failed;
  result_.failure = error;
  return true;
}

void DeletionRun::explain(const Error& error) {
  const std::scoped_lock hold(mutex_);
  result_.failure = error;
}

void DeletionRun::fail_unforeseen(std::exception_ptr thrown) {
  const std::scoped_lock hold(mutex_);
  if (!unforeseen_) unforeseen_ = std::move(thrown);
}

DeletionResult& DeletionRun::end() {
  if (unforeseen_) std::rethrow_exception(unforeseen_);
  return result_;
}

}  // namespace akqueue::queue

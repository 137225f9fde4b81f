#include "queue/change/restore_run.hpp"

#include <algorithm>

namespace akqueue::queue {

void RestoreRun::begin(const Batches& batches) {
  batches_ = batches;
  next_ = 0;
  brought_ = false;
}

bool RestoreRun::brought() {
  report(false);
  return brought_ && end_.ending() == Ending::complete;
}

bool RestoreRun::is_done(const backup::BackupBatch& batch) const {
  const auto left = left_.find(batch.number);
  return left == left_.end() || left->second.waiting + left->second.other_left == 0;
}

/// Who wants it to end once nothing is left has not ended it.
const backup::BackupBatch* RestoreRun::next() {
  const std::scoped_lock hold(mutex_);
  return next_ < batches_.size() && !end_.reached() ? batches_[next_++] : nullptr;
}

void RestoreRun::tried(bool brought) {
  {
    const std::scoped_lock hold(mutex_);
    brought_ = brought_ || brought;
    ++result_.batches;
  }
  report(false);
}

/// A terminal has one thread.
void RestoreRun::report(bool waiting) {
  if (std::this_thread::get_id() != made_in_) return;
  std::int64_t done = 0;
  {
    const std::scoped_lock hold(mutex_);
    done = backup::total(result_.restored) + result_.present;
  }
  orders_.progress({done, expected_, waiting});
}

void RestoreRun::add(const backup::BackupBatch& batch, const RestoredRows& gained) {
  const std::scoped_lock hold(mutex_);
  const bool again = left_.contains(batch.number);
  for (const auto& [key, count] : gained.restored) result_.restored[key] += count;
  result_.other_rows += gained.other_rows;
  left_[batch.number] = {gained.waiting, gained.other_left};
  if (again) return;
  result_.conflicting += gained.conflicting;
  result_.present += gained.present;
  result_.passed_over += gained.passed_over;
  result_.running += gained.running;
  for (const auto& [actor, were] : gained.were_running) {
    result_.were_running[actor].tasks += were.tasks;
    result_.were_running[actor].held += were.held;
  }
}

void RestoreRun::add_others(const backup::BackupBatch& batch, const RestoredRows& gained) {
  const std::scoped_lock hold(mutex_);
  result_.other_rows += gained.other_rows;
  left_[batch.number].other_left = gained.other_left;
}

void RestoreRun::add_never_deleted(const backup::BackupBatch& batch) {
  const std::scoped_lock hold(mutex_);
  result_.never_deleted += batch.tasks();
  left_[batch.number] = {};
}

void RestoreRun::note_time(std::chrono::steady_clock::time_point began) {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  const std::scoped_lock hold(mutex_);
  result_.longest = std::max(result_.longest, took);
}

void RestoreRun::fail(const Error& error, std::int64_t in_doubt) {
  {
    const std::scoped_lock hold(mutex_);
    result_.in_doubt += in_doubt;
  }
  end_.fail(error);
}

RestoreResult RestoreRun::end(const std::vector<backup::BackupBatch>& all) {
  end_.check();
  for (const auto& [number, left] : left_) {
    result_.waiting += left.waiting;
    result_.other_left += left.other_left;
  }
  for (const backup::BackupBatch& batch : all) {
    if (batch.fate != backup::BatchFate::rolled_back && !left_.contains(batch.number))
      result_.not_reached += batch.tasks();
  }
  result_.ending = end_.ending();
  result_.failure = end_.failure();
  return std::move(result_);
}

}  // namespace akqueue::queue

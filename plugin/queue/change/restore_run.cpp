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
  const auto tried = tried_.find(batch.number);
  return tried == tried_.end() || tried->second.waiting + tried->second.other_left == 0;
}

/// Who wants it to end once nothing is left has not ended it.
const backup::BackupBatch* RestoreRun::next() {
  const std::scoped_lock hold(mutex_);
  return next_ < batches_.size() && !end_.reached() ? batches_[next_++] : nullptr;
}

const backup::BackupBatch* RestoreRun::likely_next() {
  const std::scoped_lock hold(mutex_);
  return next_ < batches_.size() ? batches_[next_] : nullptr;
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

RestoreRun::Parts RestoreRun::begun(const backup::BackupBatch& batch) {
  const std::scoped_lock hold(mutex_);
  const auto tried = tried_.find(batch.number);
  return tried == tried_.end() ? Parts() : tried->second.parts;
}

void RestoreRun::add(const BatchPart& part, const RestoredRows& gained) {
  {
    const std::scoped_lock hold(mutex_);
    count(part, gained);
  }
  report(false);
}

void RestoreRun::count(const BatchPart& part, const RestoredRows& gained) {
  Tried& tried = tried_[part.batch->number];
  ++result_.batches;
  for (const auto& [key, number] : gained.restored) result_.restored[key] += number;
  result_.other_rows += gained.other_rows;
  brought_ = brought_ || gained.brought();
  tried.waiting = gained.waiting;
  tried.other_left = gained.other_left;
  tried.parts = part.number + 1 < part.of ? Parts{part.number + 1, part.of} : Parts();
  const bool again = tried.tasks + part.tasks > part.batch->tasks();
  if (again) return;
  tried.tasks += part.tasks;
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
  brought_ = brought_ || gained.other_rows.total() > 0;
  ++result_.batches;
  tried_[batch.number].other_left = gained.other_left;
}

void RestoreRun::add_never_deleted(const backup::BackupBatch& batch) {
  const std::scoped_lock hold(mutex_);
  result_.never_deleted += batch.tasks();
  ++result_.batches;
  tried_[batch.number] = {.tasks = batch.tasks()};
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
  for (const auto& [number, tried] : tried_) {
    result_.waiting += tried.waiting;
    result_.other_left += tried.other_left;
  }
  for (const backup::BackupBatch& batch : all) {
    if (batch.fate != backup::BatchFate::rolled_back) result_.not_reached += batch.tasks() - tried_[batch.number].tasks;
  }
  result_.ending = end_.ending();
  result_.failure = end_.failure();
  return std::move(result_);
}

}  // namespace akqueue::queue

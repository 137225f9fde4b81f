#include "queue/change/restore_session.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "akqueue/sqlstate.hpp"
#include "queue/change/batch_size.hpp"

namespace akqueue::queue {
namespace {

constexpr session::TransactionSettings kRestoring{
    .read_only = false, .statement_timeout_ms = 60'000, .lock_timeout_ms = 5'000};

/// Each waits for as long as kRestoring's locks may take.
constexpr int kTries = 6;

/// A transaction should take kBatchTime; on a long line up to this, or nearly all of the time would be the line's.
constexpr std::chrono::milliseconds kMostPartTime{400};
constexpr int kTimesTheLine = 3;

bool has_other_rows(const backup::BackupBatch& batch) {
  return std::any_of(batch.rows.begin() + 1, batch.rows.end(), [](std::int64_t rows) { return rows > 0; });
}

}  // namespace

void RestoreSession::work(Rows rows) {
  try {
    while (const backup::BackupBatch* batch = run_.next()) {
      in_turn([&] { rows == Rows::all ? put(*batch) : put_others(*batch); });
      run_.report_progress();
    }
    in_turn([&] { settle(); });
  } catch (const Error& error) {
    run_.fail(error, session::ends_session(error) && committing_ ? committing_->tasks : 0);
  } catch (...) { run_.fail_unforeseen(std::current_exception()); }
}

/// Somebody else may bring back the same rows, or hold them: a batch that waited too long for those is tried again,
/// and so is the one before it if what failed is that one's COMMIT.
template <class Put>
void RestoreSession::in_turn(const Put& put_batch) {
  const backup::BackupBatch* before = nullptr;
  for (int attempt = 1;; ++attempt) {
    try {
      if (before != nullptr) {
        put(*before);
        settle();
        before = nullptr;
      }
      return put_batch();
    } catch (const Error& error) {
      const bool passing = error.code() == ErrorCode::sql &&
                           (error.sqlstate() == sqlstate::kLockTimeout || error.sqlstate() == sqlstate::kDeadlock);
      if (!passing || attempt == kTries || run_.stopped()) throw;
      if (committing_) before = std::exchange(committing_, std::nullopt)->batch;
      run_.wait_for_locks();
    }
  }
}

void RestoreSession::put(const backup::BackupBatch& batch) {
  const std::size_t parts = parts_of(batch);
  if (parts > 1) {
    BatchParts apart(file_.contents().header, parts);
    read(batch, apart);
    for (std::size_t part = run_.begun(batch).next; apart.fit() && part < parts; ++part)
      put_part({&batch, apart.tasks(part), part, parts}, [&](backup::BatchRows& rows) { apart.hand_over(part, rows); });
    if (apart.fit()) return;
  }
  put_part({&batch, batch.tasks()}, [&](backup::BatchRows& rows) { read(batch, rows); });
}

/// The next one is read ahead while the database works on this one.
void RestoreSession::read(const backup::BackupBatch& batch, backup::BatchRows& rows) {
  file_.read(batch, rows);
  if (const backup::BackupBatch* next = run_.likely_next()) file_.read_ahead(*next);
}

/// Its COMMIT travels with the beginning of the next: the answer is read with those to that.
void RestoreSession::put_part(const BatchPart& part, const Read& read) {
  const auto began = std::chrono::steady_clock::now();
  auto transaction = session::Transaction::ahead(database_.session, kRestoring);
  try {
    const backup::BackupBatch& batch = *part.batch;
    BatchRestorer rows(database_, file_.contents().header, orders_.ways, beside(batch));
    read(rows);
    if (batch.fate == backup::BatchFate::uncertain && was_never_deleted(batch, rows.present()))
      return run_.add_never_deleted(batch);
    const RestoredRows gained = rows.put(part.tasks);
    learn(part.tasks, began);
    if (orders_.ways.dry_run) return run_.add(part, gained);
    committing_ = {&batch, backup::total(gained.restored)};
    transaction.commit_ahead([this, part, gained, began] {
      committing_.reset();
      run_.add(part, gained);
      run_.note_time(began);
    });
  } catch (...) {
    settle_before_rollback();
    throw;
  }
}

/// One that was begun is divided as before.
std::size_t RestoreSession::parts_of(const backup::BackupBatch& batch) {
  if (const auto parts = run_.begun(batch); parts.of > 0) return parts.of;
  if (batch.tasks() <= kFirstPart || !BatchParts::can_divide(file_.contents().header, batch)) return 1;
  if (!line_) {
    settle();
    const auto began = std::chrono::steady_clock::now();
    session::Transaction(database_.session, {.read_only = true}).now();
    line_ = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  }
  return static_cast<std::size_t>((batch.tasks() + fits_ - 1) / fits_);
}

/// A few tasks that were quick say nothing of many.
void RestoreSession::learn(std::int64_t tasks, std::chrono::steady_clock::time_point began) {
  BatchResult cost;
  cost.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  cost.line = std::min(cost.took, line_.value_or(std::chrono::milliseconds(0)));
  const auto time = std::clamp(kTimesTheLine * cost.line, kBatchTime, kMostPartTime);
  if (2 * tasks >= fits_ || cost.work() > time) fits_ = next_size(tasks, cost, false, time);
}

void RestoreSession::put_others(const backup::BackupBatch& batch) {
  if (!has_other_rows(batch)) return;
  const auto began = std::chrono::steady_clock::now();
  auto transaction = session::Transaction::ahead(database_.session, kRestoring);
  BatchRestorer rows(database_, file_.contents().header, orders_.ways, beside(batch));
  file_.read(batch, rows);
  const RestoredRows gained = rows.put_others();
  if (!orders_.ways.dry_run) transaction.commit();
  run_.note_time(began);
  run_.add_others(batch, gained);
}

/// Waits for the answer to a COMMIT that is on its way.
void RestoreSession::settle() {
  if (committing_) database_.session.await(database_.session.awaited());
}

/// A rollback passes over all answers before it; that to the COMMIT before it must be heard. A failure of that is
/// told by committing_.
void RestoreSession::settle_before_rollback() noexcept {
  try {
    if (committing_ && database_.session.awaited() > 0) database_.session.await(1);
  } catch (...) {
    // What failed first is being thrown.
  }
}

/// A deletion is committed as a whole: where one of its tasks is still there, none was deleted by it. But where a
/// part of this backup has been restored, what is there may be that part, and what is missing must come back as
/// well. Where none is there they come back even if the database says that the deletion was aborted: it may be
/// another database, in which the transaction of that number is another one.
bool RestoreSession::was_never_deleted(const backup::BackupBatch& batch, std::int64_t present) const {
  return present > 0 && (aborted_.contains(batch.number) || !orders_.partly_restored || present == batch.tasks());
}

}  // namespace akqueue::queue

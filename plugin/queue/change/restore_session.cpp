#include "queue/change/restore_session.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "akqueue/sqlstate.hpp"

namespace akqueue::queue {
namespace {

constexpr session::TransactionSettings kRestoring{
    .read_only = false, .statement_timeout_ms = 60'000, .lock_timeout_ms = 5'000};

/// Each waits for as long as kRestoring's locks may take.
constexpr int kTries = 6;

bool has_other_rows(const backup::BackupBatch& batch) {
  return std::any_of(batch.rows.begin() + 1, batch.rows.end(), [](std::int64_t rows) { return rows > 0; });
}

}  // namespace

void RestoreSession::work(Rows rows) {
  try {
    while (const backup::BackupBatch* batch = run_.next())
      run_.tried(in_turn([&] { return rows == Rows::all ? put(*batch) : put_others(*batch); }));
    in_turn([&] { return settle(); });
  } catch (const Error& error) {
    run_.fail(error, session::ends_session(error) && committing_ ? committing_->tasks : 0);
  } catch (...) { run_.fail_unforeseen(std::current_exception()); }
}

/// Somebody else may bring back the same rows, or hold them: a batch that waited too long for those is tried again,
/// and so is the one before it if what failed is that one's COMMIT.
template <class Put>
bool RestoreSession::in_turn(const Put& put_batch) {
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

/// Its COMMIT travels with the beginning of the next batch: the answer is read with those to that.
bool RestoreSession::put(const backup::BackupBatch& batch) {
  const auto began = std::chrono::steady_clock::now();
  auto transaction = session::Transaction::ahead(database_.session, kRestoring);
  try {
    BatchRestorer rows(database_, file_.contents().header, orders_.ways, beside(batch));
    file_.read(batch, rows);
    if (batch.fate == backup::BatchFate::uncertain && was_never_deleted(batch, rows.present())) {
      run_.add_never_deleted(batch);
      return false;
    }
    const RestoredRows gained = rows.put(batch.tasks());
    if (orders_.ways.dry_run) {
      run_.add(batch, gained);
      return gained.brought();
    }
    committing_ = {&batch, backup::total(gained.restored)};
    transaction.commit_ahead([this, &batch, gained, began] {
      committing_.reset();
      run_.add(batch, gained);
      run_.note_time(began);
    });
    return gained.brought();
  } catch (...) {
    settle_before_rollback();
    throw;
  }
}

bool RestoreSession::put_others(const backup::BackupBatch& batch) {
  if (!has_other_rows(batch)) return false;
  const auto began = std::chrono::steady_clock::now();
  auto transaction = session::Transaction::ahead(database_.session, kRestoring);
  BatchRestorer rows(database_, file_.contents().header, orders_.ways, beside(batch));
  file_.read(batch, rows);
  const RestoredRows gained = rows.put_others();
  if (!orders_.ways.dry_run) transaction.commit();
  run_.note_time(began);
  run_.add_others(batch, gained);
  return gained.other_rows.total() > 0;
}

/// Waits for the answer to a COMMIT that is on its way. Nothing was brought by that.
bool RestoreSession::settle() {
  if (committing_) database_.session.await(database_.session.awaited());
  return false;
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

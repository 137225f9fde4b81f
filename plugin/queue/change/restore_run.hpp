// What the sessions of one restoration share: the batches, one after the other, its sums, its progress, and its end.
#pragma once

#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "queue/change/restore.hpp"
#include "queue/change/shared_end.hpp"

namespace akqueue::queue {

using Batches = std::vector<const backup::BackupBatch*>;

/// What of a batch goes into one transaction: all of it, or one of its parts (batch_parts.hpp).
struct BatchPart {
  const backup::BackupBatch* batch = nullptr;
  std::int64_t tasks = 0;
  std::size_t number = 0;
  std::size_t of = 1;
};

/// Safe to use in several threads, where nothing else is said. Progress is told in the one that made it.
class RestoreRun {
 public:
  /// `expected`: tasks.
  RestoreRun(const RestoreOrders& orders, std::int64_t expected)
      : orders_(orders), expected_(expected), end_(orders.stop) {}

  /// Hands these out from now on. With the next two, while no session works.
  void begin(const Batches& batches);
  /// What the round since begin() brought; false as well where it has come to its end.
  bool brought();
  /// Of a batch that was tried, nothing is left that could come later.
  bool is_done(const backup::BackupBatch& batch) const;

  /// The next batch; null where none is left, or nothing more shall begin.
  const backup::BackupBatch* next();
  /// The one that would be the next now; null where none is left.
  const backup::BackupBatch* likely_next();
  bool stopped() { return end_.reached(); }
  void report_progress() { report(false); }
  void wait_for_locks() { report(true); }

  /// Into how many parts a batch that was begun is divided, and which of them comes next; 0 of 0 before and after that.
  struct Parts {
    std::size_t next = 0;
    std::size_t of = 0;
  };
  Parts begun(const backup::BackupBatch& batch);
  /// What a part of a batch brought back, and committed. What was there already was counted at its first try.
  void add(const BatchPart& part, const RestoredRows& gained);
  /// The same of rows of other tables, of a file that has them apart.
  void add_others(const backup::BackupBatch& batch, const RestoredRows& gained);
  void add_never_deleted(const backup::BackupBatch& batch);
  void note_time(std::chrono::steady_clock::time_point began);

  // As SharedEnd has them; `in_doubt`: so many tasks.
  void fail(const Error& error, std::int64_t in_doubt);
  void fail_unforeseen(std::exception_ptr thrown) { end_.fail_unforeseen(std::move(thrown)); }

  /// When no session works any more. `all`: the batches of the backup, with what became of them.
  RestoreResult end(const std::vector<backup::BackupBatch>& all);

 private:
  /// What a batch could not restore when it was last tried.
  struct Tried {
    std::int64_t waiting = 0;
    std::int64_t other_left = 0;
    std::int64_t tasks = 0;  ///< that were tried so far
    Parts parts = {};
  };

  void report(bool waiting);
  void count(const BatchPart& part, const RestoredRows& gained);

  const RestoreOrders& orders_;
  const std::int64_t expected_;
  const std::thread::id made_in_ = std::this_thread::get_id();
  SharedEnd end_;
  std::mutex mutex_;
  Batches batches_;
  std::size_t next_ = 0;
  bool brought_ = false;
  std::map<std::int64_t, Tried> tried_;  ///< batches by their numbers
  RestoreResult result_;
};

}  // namespace akqueue::queue

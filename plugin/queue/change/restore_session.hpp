// What one session does of a restoration: batch after batch, a transaction each, or several of a large one.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>

#include "backup/reader.hpp"
#include "queue/change/batch_parts.hpp"
#include "queue/change/restore_run.hpp"

namespace akqueue::queue {

class RestoreSession {
 public:
  /// `file` is read by nobody else meanwhile. `aborted`: numbers of batches whose deletion was aborted, as the database
  /// says. `alone`: no other session of this restoration works.
  RestoreSession(const session::Database& database, backup::BackupFile& file, const RestoreOrders& orders,
                 const std::set<std::int64_t>& aborted, bool alone, RestoreRun& run)
      : database_(database), file_(file), orders_(orders), aborted_(aborted), alone_(alone), run_(run) {}

  enum class Rows { all, of_other_tables };
  /// Takes batches until the run has none; all are committed when it returns. What fails is what the run fails with.
  void work(Rows rows);

 private:
  /// So many tasks go into one transaction before it is known how many have the time.
  static constexpr std::int64_t kFirstPart = 1000;

  std::optional<std::int64_t> beside(const backup::BackupBatch& batch) const {
    return alone_ ? std::nullopt : std::optional(batch.number);
  }
  template <class Put>
  void in_turn(const Put& put_batch);
  void put(const backup::BackupBatch& batch);
  void read(const backup::BackupBatch& batch, backup::BatchRows& rows);
  using Read = std::function<void(backup::BatchRows& rows)>;
  void put_part(const BatchPart& part, const Read& read);
  std::size_t parts_of(const backup::BackupBatch& batch);
  void learn(std::int64_t tasks, std::chrono::steady_clock::time_point began);
  void put_others(const backup::BackupBatch& batch);
  void settle();
  void settle_before_rollback() noexcept;
  bool was_never_deleted(const backup::BackupBatch& batch, std::int64_t present) const;

  const session::Database database_;
  backup::BackupFile& file_;
  const RestoreOrders& orders_;
  const std::set<std::int64_t>& aborted_;
  bool alone_;
  RestoreRun& run_;
  /// The batch whose COMMIT was sent and not answered.
  struct Committing {
    const backup::BackupBatch* batch = nullptr;
    std::int64_t tasks = 0;  ///< that it brings back
  };
  std::optional<Committing> committing_;
  std::int64_t fits_ = kFirstPart;  ///< so many tasks the database puts back in the time that a transaction should take
  std::optional<std::chrono::milliseconds> line_;  ///< what a question takes that gives the database nothing to do
};

}  // namespace akqueue::queue

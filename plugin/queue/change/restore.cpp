#include "queue/change/restore.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "akqueue/sqlstate.hpp"
#include "akqueue/tasks.hpp"
#include "akqueue/uuid.hpp"
#include "backup/json_row.hpp"
#include "backup/rows.hpp"

namespace akqueue::queue {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr session::TransactionSettings kRestoring{
    .read_only = false, .statement_timeout_ms = 60'000, .lock_timeout_ms = 5'000};

/// Each waits for as long as kRestoring's locks may take.
constexpr int kTries = 6;

class Restorer {
 public:
  Restorer(const session::Database& database, backup::BackupFile& file, const RestoreOrders& orders)
      : database_(database), file_(file), contents_(file.contents()), orders_(orders), settled_(contents_.batches) {
    for (const backup::BackupBatch& batch : contents_.batches)
      expected_ += batch.fate == backup::BatchFate::rolled_back ? 0 : batch.tasks();
  }

  RestoreResult run() {
    const auto started = std::chrono::steady_clock::now();
    try {
      settle_fates();
      all_batches();
    } catch (const Error& error) {
      result_.ending = error.code() == ErrorCode::interrupted ? Ending::interrupted : Ending::failed;
      result_.failure = error;
      if (session::ends_session(error) && committing_) result_.in_doubt = committing_->tasks;
    }
    for (const auto& [number, left] : left_) {
      result_.waiting += left.waiting;
      result_.other_left += left.other_left;
    }
    for (const backup::BackupBatch& batch : settled_)
      result_.not_reached +=
          batch.fate == backup::BatchFate::rolled_back || left_.contains(batch.number) ? 0 : batch.tasks();
    result_.took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started);
    return std::move(result_);
  }

 private:
  /// What a batch could not restore when it was last tried.
  struct Left {
    std::int64_t waiting = 0;
    std::int64_t other_left = 0;
  };

  bool of_json() const { return contents_.header.version == backup::kBackupVersionOfJson; }

  void all_batches() {
    std::vector<const backup::BackupBatch*> batches;
    for (const backup::BackupBatch& batch : settled_) {
      if (batch.fate != backup::BatchFate::rolled_back) batches.push_back(&batch);
    }
    if (!of_json()) std::ranges::reverse(batches);
    bool brought = each(batches, [&](const backup::BackupBatch& batch) { return put(batch); });
    if (of_json() && contents_.header.tables.size() > 1)
      each(batches, [&](const backup::BackupBatch& batch) { return put_others(batch); });
    // Tasks that wait for tasks of a batch that was restored later; each round brings one more of a chain.
    while (brought && !orders_.ways.dry_run) {
      std::erase_if(batches, [&](const backup::BackupBatch* batch) {
        return left_[batch->number].waiting + left_[batch->number].other_left == 0;
      });
      brought = each(batches, [&](const backup::BackupBatch& batch) { return put(batch); });
    }
  }

  /// False when none of them brought anything back, or when it was asked to stop. All are committed when it returns.
  template <class Put>
  bool each(const std::vector<const backup::BackupBatch*>& batches, const Put& put_batch) {
    bool brought = false;
    bool stopped = false;
    for (const backup::BackupBatch* batch : batches) {
      stopped = orders_.stop();
      if (stopped) break;
      brought = in_turn([&] { return put_batch(*batch); }) || brought;
      ++result_.batches;
      report(false);
    }
    in_turn([&] { return settle(); });
    report(false);
    if (stopped) result_.ending = Ending::interrupted;
    return brought && !stopped;
  }

  void report(bool waiting) {
    orders_.progress({backup::total(result_.restored) + result_.present, expected_, waiting});
  }

  /// Somebody else may bring back the same rows, or hold them: a batch that waited too long for those is tried again,
  /// and so is the one before it if what failed is that one's COMMIT.
  template <class Put>
  bool in_turn(const Put& put_batch) {
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
        if (!passing || attempt == kTries || orders_.stop()) throw;
        if (committing_) before = std::exchange(committing_, std::nullopt)->batch;
        report(true);
      }
    }
  }

  /// Its COMMIT travels with the beginning of the next batch: the answer is read with those to that.
  bool put(const backup::BackupBatch& batch) {
    const auto began = std::chrono::steady_clock::now();
    auto transaction = session::Transaction::ahead(database_.session, kRestoring);
    try {
      BatchRestorer rows(database_, contents_.header, orders_.ways);
      file_.read(batch, rows);
      if (batch.fate == backup::BatchFate::uncertain && was_never_deleted(batch, rows.present())) {
        result_.never_deleted += batch.tasks();
        left_[batch.number] = {};
        return false;
      }
      const RestoredRows gained = rows.put(batch.tasks());
      if (orders_.ways.dry_run) return add(batch, gained);
      committing_ = {&batch, backup::total(gained.restored)};
      transaction.commit_ahead([this, &batch, gained, began] {
        committing_.reset();
        add(batch, gained);
        note_time(began);
      });
      return gained.brought();
    } catch (...) {
      settle_before_rollback();
      throw;
    }
  }

  /// Waits for the answer to a COMMIT that is on its way. Nothing was brought by that.
  bool settle() {
    if (committing_) database_.session.await(database_.session.awaited());
    return false;
  }

  /// A rollback passes over all answers before it; that to the COMMIT before it must be heard. A failure of that is
  /// told by committing_.
  void settle_before_rollback() noexcept {
    try {
      if (committing_ && database_.session.awaited() > 0) database_.session.await(1);
    } catch (...) {
      // What failed first is being thrown.
    }
  }

  void note_time(std::chrono::steady_clock::time_point began) {
    result_.longest =
        std::max(result_.longest, std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began));
  }

  bool put_others(const backup::BackupBatch& batch) {
    if (std::all_of(batch.rows.begin() + 1, batch.rows.end(), [](std::int64_t rows) { return rows == 0; }))
      return false;
    const auto began = std::chrono::steady_clock::now();
    auto transaction = session::Transaction::ahead(database_.session, kRestoring);
    BatchRestorer rows(database_, contents_.header, orders_.ways);
    file_.read(batch, rows);
    const RestoredRows gained = rows.put_others();
    if (!orders_.ways.dry_run) transaction.commit();
    note_time(began);
    result_.other_rows += gained.other_rows;
    left_[batch.number].other_left = gained.other_left;
    return gained.other_rows.total() > 0;
  }

  /// What a batch brought back counts once it is committed. What was there already was counted at its first try.
  bool add(const backup::BackupBatch& batch, const RestoredRows& gained) {
    const bool again = left_.contains(batch.number);
    for (const auto& [key, count] : gained.restored) result_.restored[key] += count;
    result_.other_rows += gained.other_rows;
    result_.conflicting += again ? 0 : gained.conflicting;
    result_.present += again ? 0 : gained.present;
    result_.passed_over += again ? 0 : gained.passed_over;
    result_.running += again ? 0 : gained.running;
    for (const auto& [actor, were] : gained.were_running) {
      if (again) break;
      result_.were_running[actor].tasks += were.tasks;
      result_.were_running[actor].held += were.held;
    }
    left_[batch.number] = {gained.waiting, gained.other_left};
    return gained.brought();
  }

  /// Asks the database what became of the batches whose COMMIT was never answered.
  void settle_fates() {
    for (backup::BackupBatch& batch : settled_) {
      if (batch.fate != backup::BatchFate::uncertain || batch.transaction.empty()) continue;
      const std::string fate = fate_of(batch);
      if (fate == "in progress") {
        throw Error(ErrorCode::refused, "the deletion of a batch of this backup is still going on in the database",
                    "wait a minute, then try again");
      }
      if (fate == "committed") batch.fate = backup::BatchFate::committed;
      if (fate == "aborted") aborted_.insert(batch.number);
    }
  }

  std::string fate_of(const backup::BackupBatch& batch) {
    session::Statement statement;
    statement.sql = database_.dialect.fate_of_transaction(statement, batch.transaction);
    std::string fate;
    if (statement.sql.empty()) return fate;
    try {
      const session::Transaction transaction(database_.session, {.read_only = true});
      database_.session.query(statement, [&](const session::Value& row) { fate = session::text(row.at(0)); });
    } catch (const Error& error) {
      // Another database than the one that the backup came from may never have had such a transaction.
      if (error.code() != ErrorCode::sql) throw;
    }
    return fate;
  }

  /// A deletion is committed as a whole: where one of its tasks is still there, none was deleted by it. But where a
  /// part of this backup has been restored, what is there may be that part, and what is missing must come back as
  /// well. Where none is there they come back even if the database says that the deletion was aborted: it may be
  /// another database, in which the transaction of that number is another one.
  bool was_never_deleted(const backup::BackupBatch& batch, std::int64_t present) const {
    return present > 0 && (aborted_.contains(batch.number) || !orders_.partly_restored || present == batch.tasks());
  }

  const session::Database& database_;
  backup::BackupFile& file_;
  const backup::BackupContents& contents_;
  const RestoreOrders& orders_;
  std::vector<backup::BackupBatch> settled_;
  std::map<std::int64_t, Left> left_;  ///< of the batches that were tried
  std::set<std::int64_t> aborted_;     ///< numbers of batches whose deletion was aborted, as the database says
  /// The batch whose COMMIT was sent and not answered.
  struct Committing {
    const backup::BackupBatch* batch = nullptr;
    std::int64_t tasks = 0;  ///< that it brings back
  };
  std::optional<Committing> committing_;
  std::int64_t expected_ = 0;
  RestoreResult result_;
};

/// Asks for the ids of a batch's tasks, or of those that were not running.
class IdsOfTasks final : public backup::BatchRows {
 public:
  IdsOfTasks(const backup::KeptTable& tasks, bool with_running) : tasks_(tasks), with_running_(with_running) {}

  void rows(std::size_t table, std::string_view tuples) override {
    if (table != 0) return;
    backup::check_rows(tasks_, tuples, [&](const TupleReader& row) {
      add(backup::text_in(tasks_, row, "message_id"), backup::text_in(tasks_, row, "state"));
    });
  }
  void json_row(std::size_t table, std::string_view json) override {
    if (table != 0) return;
    const auto row = backup::parse_json_row(json);
    if (row.is_object()) add(row.value("message_id", std::string()), row.value("state", std::string()));
  }
  std::vector<Uuid> ids;

 private:
  void add(const std::string& text, const std::string& state) {
    const bool was_running = std::ranges::find(task_state::kTaken, state) != task_state::kTaken.end();
    if (was_running && !with_running_) return;
    if (const auto id = Uuid::parse(text)) ids.push_back(*id);
  }
  const backup::KeptTable& tasks_;
  bool with_running_;
};

std::int64_t count_there(const session::Database& database, std::span<const Uuid> ids) {
  session::Statement statement;
  const std::string listed = database.dialect.listed(statement, {ids.begin(), ids.end()});
  statement.sql = "SELECT count(*) FROM " + database.task().quoted() + " AS t WHERE " +
                  database.dialect.among("t.message_id", listed);
  std::int64_t there = 0;
  const session::Transaction transaction(database.session,
                                         {.read_only = true, .statement_timeout_ms = kRestoring.statement_timeout_ms});
  database.session.query(statement, [&](const session::Value& row) { there = session::integer(row.at(0)); });
  return there;
}

}  // namespace

RestoreResult restore(const session::Database& database, backup::BackupFile& file, const RestoreOrders& orders) {
  return Restorer(database, file, orders).run();
}

bool all_there(const session::Database& database, backup::BackupFile& file, bool with_running) {
  const backup::BackupContents& contents = file.contents();
  const bool all = with_running || !contents.header.include_running;
  const auto there = [&](const backup::BackupBatch& batch) {
    if (batch.fate == backup::BatchFate::rolled_back) return true;
    IdsOfTasks tasks(contents.header.tables.front(), all);
    file.read(batch, tasks);
    for (std::size_t at = 0; at < tasks.ids.size(); at += Selection::kIdsAtOnce) {
      const auto some = std::span(tasks.ids).subspan(at, std::min(Selection::kIdsAtOnce, tasks.ids.size() - at));
      if (count_there(database, some) < static_cast<std::int64_t>(some.size())) return false;
    }
    return true;
  };
  if (contents.header.version == backup::kBackupVersionOfJson) return std::ranges::all_of(contents.batches, there);
  return std::all_of(contents.batches.rbegin(), contents.batches.rend(), there);
}

}  // namespace akqueue::queue

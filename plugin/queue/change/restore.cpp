#include "queue/change/restore.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <set>

#include "akqueue/tasks.hpp"
#include "akqueue/uuid.hpp"
#include "backup/json_row.hpp"
#include "backup/rows.hpp"
#include "queue/change/restore_session.hpp"
#include "queue/change/threads.hpp"

namespace akqueue::queue {
namespace {

constexpr session::TransactionSettings kLookingForThem{.read_only = true, .statement_timeout_ms = 60'000};

class Restorer {
 public:
  Restorer(const session::Database& database, backup::BackupFile& file, const RestoreOrders& orders)
      : database_(database),
        file_(file),
        contents_(file.contents()),
        orders_(orders),
        batches_(contents_.batches),
        run_(orders, expected()) {}

  RestoreResult run() {
    const auto started = std::chrono::steady_clock::now();
    try {
      settle_fates();
      open_readings();
    } catch (const Error& error) { run_.fail(error, 0); }
    if (!run_.stopped()) all_batches();
    RestoreResult result = run_.end(batches_);
    result.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    return result;
  }

 private:
  bool of_json() const { return contents_.header.version == backup::kBackupVersionOfJson; }

  std::int64_t expected() const {
    std::int64_t tasks = 0;
    for (const backup::BackupBatch& batch : contents_.batches)
      tasks += batch.fate == backup::BatchFate::rolled_back ? 0 : batch.tasks();
    return tasks;
  }

  /// Each session reads the file by itself. Of version 1 the order counts, so that one session does it.
  void open_readings() {
    const std::size_t beside = of_json() ? 0 : orders_.beside.size();
    sessions_.push_back(std::make_unique<RestoreSession>(database_, file_, orders_, aborted_, beside == 0, run_));
    for (std::size_t i = 0; i < beside; ++i) {
      readings_.push_back(file_.another());
      sessions_.push_back(
          std::make_unique<RestoreSession>(orders_.beside[i], readings_.back(), orders_, aborted_, false, run_));
    }
  }

  void all_batches() {
    using Rows = RestoreSession::Rows;
    Batches batches;
    for (const backup::BackupBatch& batch : batches_) {
      if (batch.fate != backup::BatchFate::rolled_back) batches.push_back(&batch);
    }
    if (!of_json()) std::ranges::reverse(batches);
    bool brought = round(batches, Rows::all);
    if (of_json() && contents_.header.tables.size() > 1) round(batches, Rows::of_other_tables);
    // Tasks that wait for tasks of a batch that was restored later; each round brings one more of a chain.
    while (brought && !orders_.ways.dry_run) {
      std::erase_if(batches, [&](const backup::BackupBatch* batch) { return run_.is_done(*batch); });
      brought = round(batches, Rows::all);
    }
  }

  /// False when none of them brought anything back, or when it has come to its end.
  bool round(const Batches& batches, RestoreSession::Rows rows) {
    run_.begin(batches);
    {
      Threads threads;
      for (std::size_t i = 1; i < std::min(sessions_.size(), batches.size()); ++i)
        threads.start([one = sessions_[i].get(), rows] { one->work(rows); });
      sessions_.front()->work(rows);
    }
    return run_.brought();
  }

  /// Asks the database what became of the batches whose COMMIT was never answered.
  void settle_fates() {
    for (backup::BackupBatch& batch : batches_) {
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

  const session::Database& database_;
  backup::BackupFile& file_;
  const backup::BackupContents& contents_;
  const RestoreOrders& orders_;
  std::vector<backup::BackupBatch> batches_;  ///< with what became of them
  std::set<std::int64_t> aborted_;            ///< numbers of batches whose deletion was aborted, as the database says
  RestoreRun run_;
  std::deque<backup::BackupFile> readings_;
  std::vector<std::unique_ptr<RestoreSession>> sessions_;
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
  const session::Transaction transaction(database.session, kLookingForThem);
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

// One batch of a backup in an open transaction: its rows go into temporary tables; those to restore go from there into
// the site's.
//
// A task that is there already is left alone, and so are its log rows. Log rows go in before their tasks (their key is
// checked at COMMIT), because newer releases compute a task's status from its log; a row of another table goes in as
// soon as all of its tasks are there. A task that waits for others goes in with what it waits for, or later: without
// that, workers would run it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "queue/change/staged_rows.hpp"
#include "queue/filter/selection.hpp"

namespace akqueue::queue {

/// How rows come back.
struct RestoreWays {
  Selection selection = {};  ///< which of the tasks; conditions on the log, keep_newest and limit do not work here
  bool as_rejected = false;  ///< unfinished tasks come back as rejected: no worker runs them until they are retried
  /// Tasks that were running when they were deleted come back as well; only where the deletion took such.
  bool with_running = false;
  bool dry_run = false;  ///< every batch is rolled back
};

/// Tasks that were running when they were deleted, by a deletion that took what live workers held: their workers went
/// on with them, and may be at it still.
struct WereRunning {
  std::int64_t tasks = 0;
  std::int64_t held = 0;  ///< of these, by a live worker, now
};

/// What became of the rows of a batch, or of a whole backup; of a dry run: what would have.
struct RestoredRows {
  backup::Tally restored;
  backup::OtherRows other_rows;
  std::int64_t present = 0;      ///< tasks that were there already, left alone
  std::int64_t passed_over = 0;  ///< tasks outside the selection
  std::int64_t conflicting = 0;  ///< tasks that a unique index of the target does not let in
  std::int64_t waiting = 0;      ///< tasks left out: what they wait for is not there
  std::int64_t other_left = 0;   ///< rows of other tables whose tasks are not there
  std::int64_t running = 0;      ///< tasks left out: they were running when they were deleted
  std::map<std::string, WereRunning>
      were_running;  ///< by actor: those left out, or with RestoreWays::with_running those
                     ///< that run again

  bool brought() const { return !restored.empty() || other_rows.total() > 0; }
};

class BatchRestorer final : public backup::BatchRows {
 public:
  /// In a transaction, which may have been begun ahead (session::Transaction). Makes the temporary tables; nothing is
  /// awaited before present() or put(). `beside`: the batch's number, where other sessions of the same restoration work
  /// (Dialect::before_restoring()).
  BatchRestorer(const session::Database& database, const backup::BackupHeader& header, const RestoreWays& ways,
                std::optional<std::int64_t> beside = {});

  void rows(std::size_t table, std::string_view tuples) override { staged_.rows(table, tuples); }
  void json_row(std::size_t table, std::string_view json) override { staged_.json_row(table, json); }

  /// After the last row: how many of the batch's tasks are in the table now.
  std::int64_t present();
  /// Puts the rows into the site's tables; `tasks` are in the batch.
  RestoredRows put(std::int64_t tasks);
  /// The rows of other tables alone, for backups of version 1, whose batches don't hold them with their tasks.
  RestoredRows put_others();

 private:
  void send(std::vector<session::Request> together);
  std::int64_t count(const session::Statement& statement);

  const backup::KeptTable& backed_up(std::size_t table) const { return header_.tables[table]; }
  const session::Table* target(std::size_t table) const { return staged_.target(table); }
  bool is_log(std::size_t table) const;
  bool of_json() const { return header_.version == backup::kBackupVersionOfJson; }

  std::string rows_of(std::size_t table) const { return staged_.rows_of(table); }
  std::string is_there(const std::string& id) const;
  static std::string is_chosen(const std::string& column);
  std::int64_t choose(std::int64_t& waiting);
  session::Statement chosen_tasks() const;
  std::int64_t hold_back();
  std::int64_t retract_waiting();
  std::optional<std::size_t> dependencies() const;
  std::optional<std::size_t> header_dependencies() const;
  bool may_run_again() const;
  void note_running(RestoredRows& batch);
  session::Statement running_tasks() const;
  void add_running(const session::Value& row, RestoredRows& batch) const;
  std::int64_t insert(std::size_t table, const std::string& condition);
  session::Statement insertion(std::size_t table, const std::string& condition) const;
  std::string not_there_yet(std::size_t table) const;
  bool key_of_logs_can_wait() const;
  void put_logs(RestoredRows& batch);
  void put_logs_afterwards(RestoredRows& batch);
  void put_other(std::size_t table, RestoredRows& batch);
  /// One round trip, where no answer decides what comes next. Returns how many tasks were chosen.
  std::int64_t put_together(RestoredRows& batch);
  std::int64_t put_by_steps(RestoredRows& batch, std::int64_t& retracted);
  session::Statement restored_tasks() const;
  std::int64_t chosen_there();
  std::int64_t remove_stray_logs();
  backup::Tally tally();

  const session::Database& database_;
  const backup::BackupHeader& header_;
  const RestoreWays& ways_;
  StagedRows staged_;
};

}  // namespace akqueue::queue

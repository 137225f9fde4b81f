// One batch of a backup in an open transaction: its rows go into temporary tables, from there those that shall come
// back go into the site's.
//
// A task that is there already is left alone, and so are its log rows. Log rows go in before their tasks (their key is
// checked at COMMIT), because newer releases compute a task's status from its log; a row of another table goes in as
// soon as all of its tasks are there. A task that waits for others goes in with what it waits for, or later: without
// that, workers would run it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "backup/reader.hpp"
#include "queue/filter/selection.hpp"

namespace akqueue {

/// How rows come back.
struct RestoreWays {
  Selection selection = {};  ///< which of the tasks; conditions on the log, keep_newest and limit do not work here
  bool as_rejected = false;  ///< unfinished tasks come back as rejected: no worker runs them until they are retried
  bool dry_run = false;      ///< every batch is rolled back
};

/// What of a batch, or of a whole backup, is in the table now, or would be.
struct RestoredRows {
  Tally restored;
  std::int64_t other_rows = 0;   ///< log rows and rows of other tables
  std::int64_t present = 0;      ///< tasks that were there already, left alone
  std::int64_t passed_over = 0;  ///< tasks that the selection does not mean
  std::int64_t conflicting = 0;  ///< tasks that a unique index of the target does not let in
  std::int64_t waiting = 0;      ///< tasks left out: what they wait for is not there
  std::int64_t other_left = 0;   ///< rows of other tables whose tasks are not there
};

class BatchRestorer final : public BatchRows {
 public:
  /// In a transaction. Makes the temporary tables.
  BatchRestorer(const Database& database, const BackupHeader& header, const RestoreWays& ways);

  void rows(std::size_t table, std::string_view tuples) override;
  void json_row(std::size_t table, std::string_view json) override;

  /// After the last row: how many of the batch's tasks are in the table now.
  std::int64_t present();
  /// Puts the rows into the site's tables; `tasks` are in the batch.
  RestoredRows put(std::int64_t tasks);
  /// The rows of other tables alone, for backups of version 1, whose batches don't hold them with their tasks.
  RestoredRows put_others();

 private:
  void create_temporary(const std::string& name, const std::string& columns);
  void stage(std::size_t table);
  void end_copy();
  std::int64_t count(const Statement& statement);

  const KeptTable& backed_up(std::size_t table) const { return header_.tables[table]; }
  const Table* target(std::size_t table) const;
  bool is_log(std::size_t table) const;
  bool of_json() const { return header_.version == kBackupVersionOfJson; }

  std::string rows_of(std::size_t table) const;
  std::string is_there(const std::string& id) const;
  std::string is_chosen(const std::string& column) const;
  std::int64_t choose(std::int64_t& waiting);
  std::int64_t hold_back();
  std::int64_t insert(std::size_t table, const std::string& condition);
  std::string not_there_yet(std::size_t table) const;
  bool key_of_logs_can_wait() const;
  void put_logs(RestoredRows& batch);
  void put_logs_afterwards(RestoredRows& batch);
  void put_other(std::size_t table, RestoredRows& batch);
  std::int64_t remove_stray_logs();
  Tally tally();

  const Database& database_;
  const BackupHeader& header_;
  const RestoreWays& ways_;
  std::optional<std::size_t> copying_;
  std::vector<std::int64_t> staged_;  ///< rows, by table
  std::string tuple_;
};

}  // namespace akqueue

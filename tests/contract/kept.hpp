// What the cases of backups share: a deletion into a file, the way back, and all rows as the database writes them; and
// a sink that fails where it is told to.
#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "akqueue/tuple.hpp"
#include "backup/reader.hpp"
#include "backup/writer.hpp"
#include "deletions.hpp"
#include "queue/change/restore.hpp"
#include "queue/change/restore_target.hpp"

namespace akqueue::contract {

namespace fs = std::filesystem;

/// Gives what it takes to another sink, and fails where it is told to.
class Faulty final : public backup::BackupSink {
 public:
  explicit Faulty(backup::BackupSink& inner) : inner_(inner) {}
  void rows(const session::Table& table, std::string_view tuples) override {
    const bool damage = seals == damaged_after;
    inner_.rows(table, damage ? tuples.substr(0, tuples.size() / 2) : tuples);
  }
  void seal(const std::string& transaction, std::int64_t rows) override {
    if (seals == damaged_after && !unnoticed) throw Error(ErrorCode::protocol, "rows were damaged on the way");
    inner_.seal(transaction, rows);
    if (++seals == fail_at) throw Error(ErrorCode::system, "no space left on device");
  }
  void ended(bool committed, bool certain) noexcept override { inner_.ended(committed, certain && !forget); }

  int seals = 0;
  int fail_at = 0;
  int damaged_after = -1;  ///< so many batches, rows come damaged
  bool unnoticed = false;  ///< and the session has not noticed it
  bool forget = false;     ///< nobody hears how a batch ended

 private:
  backup::BackupSink& inner_;
};

/// Rows to the byte.
struct Tuples final : session::RowSink {
  void rows(std::string_view tuples) override {
    TupleReader reader(tuples);
    while (reader.next()) all.emplace_back(reader.bytes());
  }
  std::vector<std::string> all;
};

/// Somebody else who has inserted a task that is missing now, in a transaction that is rolled back after longer than a
/// restoration waits for a lock. PostgreSQL only: the replica has one writer.
class AboutToInsert {
 public:
  /// It will be one that is in the table now.
  AboutToInsert() : other_(peer().open()) {
    other_.session->begin(kWriting);
    other_.session->execute({"CREATE TEMPORARY TABLE kept AS SELECT * FROM authentik_tasks_task LIMIT 1"});
    other_.session->commit();
  }
  ~AboutToInsert() {
    if (gives_up_.joinable()) gives_up_.join();
  }
  void insert() {
    other_.session->begin(kWriting);
    other_.session->execute({"INSERT INTO authentik_tasks_task SELECT * FROM kept"});
    gives_up_ = std::thread([this] {
      std::this_thread::sleep_for(std::chrono::milliseconds(5'500));
      other_.session->rollback();
    });
  }

 private:
  session::Opened other_;
  std::thread gives_up_;
};

struct Kept : Deletions {
  Kept() {
    std::string name = (fs::temp_directory_path() / "akqueue-backup.XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~Kept() { fs::remove_all(folder); }

  std::string path(const std::string& name = "b.tasks.gz") const { return (folder / name).string(); }
  backup::BackupHeader header() {
    backup::BackupHeader made{
        .tool = "test", .created = "now", .name_space = "authentik", .database = "authentik", .command = "delete"};
    for (const session::Table& table : database().catalog.tables) made.tables.push_back(backup::kept(table, *dialect));
    return made;
  }
  /// Deletes a choice with a backup. The trailer is written unless `cut`.
  queue::DeletionResult remove(const Choice& choice = {}, bool cut = false,
                               const std::function<void(Faulty&)>& set_up = {}) {
    backup::BackupWriter writer(path(), header(), true);
    Faulty sink(writer);
    if (set_up) set_up(sink);
    queue::DeletionPlan given = orders(choice);
    given.include_held = true;
    given.sink = &sink;
    const queue::DeletionResult result = run(given);
    if (!cut) writer.finish(ending_word(result.ending));
    return result;
  }
  backup::BackupContents contents(const std::string& name = "b.tasks.gz") const {
    return backup::BackupFile(path(name)).check();
  }
  queue::RestoreResult bring_back(const std::function<void(queue::RestoreOrders&)>& set_up = {},
                                  const std::string& name = "b.tasks.gz") {
    const session::Database open = database();
    backup::BackupFile file(path(name));
    queue::RestoreOrders given;
    given.ways.selection.as_of = now();
    if (set_up) set_up(given);
    {
      const session::Transaction transaction(*session, kReading);
      queue::check_target(open, file.check(), false);
    }
    const queue::RestoreResult result = queue::restore(open, file, given);
    BOOST_TEST(!result.failure.has_value(), (result.failure ? result.failure->what() : ""));
    return result;
  }
  /// Every row of every table as the database writes it, in an order of its own.
  std::vector<std::string> everything() {
    std::vector<std::string> rows;
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    for (const session::Table& table : open.catalog.tables) {
      Tuples sink;
      session->copy_out("SELECT " + backup::kept_values(backup::kept(table, *dialect), *dialect, "r") + " FROM " +
                            table.quoted() + " AS r",
                        sink);
      for (const std::string& row : sink.all) rows.push_back(table.name + " " + row);
    }
    std::ranges::sort(rows);
    return rows;
  }
  void set(const std::string& id, const std::string& column, const session::Value& value) {
    if (database().task().has(column))
      write({"UPDATE authentik_tasks_task SET " + session::quote_identifier(column) + " = $2 WHERE message_id = $1",
             {id, value}});
  }

  fs::path folder;
};

}  // namespace akqueue::contract

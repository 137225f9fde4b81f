// What is deleted with a backup comes back as it was: every byte, whatever ended the deletion.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "akqueue/checksum.hpp"
#include "akqueue/tuple.hpp"
#include "backup/reader.hpp"
#include "backup/writer.hpp"
#include "deletions.hpp"
#include "queue/change/export.hpp"
#include "queue/change/restore.hpp"
#include "queue/change/restore_target.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

namespace fs = std::filesystem;

/// Gives what it takes to another sink, and fails where it is told to.
class Faulty final : public BackupSink {
 public:
  explicit Faulty(BackupSink& inner) : inner_(inner) {}
  void rows(const Table& table, std::string_view tuples) override {
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
  BackupSink& inner_;
};

/// Rows to the byte.
struct Tuples final : RowSink {
  void rows(std::string_view tuples) override {
    TupleReader reader(tuples);
    while (reader.next()) all.emplace_back(reader.bytes());
  }
  std::vector<std::string> all;
};

struct Kept : Deletions {
  Kept() {
    std::string name = (fs::temp_directory_path() / "akqueue-backup.XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~Kept() { fs::remove_all(folder); }

  std::string path(const std::string& name = "b.tasks.gz") const { return (folder / name).string(); }
  BackupHeader header() {
    BackupHeader made{
        .tool = "test", .created = "now", .name_space = "authentik", .database = "authentik", .command = "delete"};
    for (const Table& table : database().catalog.tables) made.tables.push_back(kept(table, *dialect));
    return made;
  }
  /// Deletes a choice with a backup. The trailer is written unless `cut`.
  DeletionResult remove(const Choice& choice = {}, bool cut = false, const std::function<void(Faulty&)>& set_up = {}) {
    BackupWriter writer(path(), header(), true);
    Faulty sink(writer);
    if (set_up) set_up(sink);
    DeletionPlan given = orders(choice);
    given.include_held = true;
    given.sink = &sink;
    const DeletionResult result = run(given);
    if (!cut) writer.finish(ending_word(result.ending));
    return result;
  }
  BackupContents contents(const std::string& name = "b.tasks.gz") const { return BackupFile(path(name)).check(); }
  RestoreResult bring_back(const std::function<void(RestoreOrders&)>& set_up = {},
                           const std::string& name = "b.tasks.gz") {
    const Database open = database();
    BackupFile file(path(name));
    RestoreOrders given;
    given.ways.selection.as_of = now();
    if (set_up) set_up(given);
    {
      const Transaction transaction(*session, kReading);
      check_target(open, file.check(), false);
    }
    const RestoreResult result = restore(open, file, given);
    BOOST_TEST(!result.failure.has_value(), (result.failure ? result.failure->what() : ""));
    return result;
  }
  /// Every row of every table as the database writes it, in an order of its own.
  std::vector<std::string> everything() {
    std::vector<std::string> rows;
    const Database open = database();
    const Transaction transaction(*session, kReading);
    for (const Table& table : open.catalog.tables) {
      Tuples sink;
      session->copy_out(
          "SELECT " + kept_values(kept(table, *dialect), *dialect, "r") + " FROM " + table.quoted() + " AS r", sink);
      for (const std::string& row : sink.all) rows.push_back(table.name + " " + row);
    }
    std::ranges::sort(rows);
    return rows;
  }
  void set(const std::string& id, const std::string& column, const Value& value) {
    if (database().task().has(column))
      write(
          {"UPDATE authentik_tasks_task SET " + quote_identifier(column) + " = $2 WHERE message_id = $1", {id, value}});
  }

  fs::path folder;
};

std::string failure_of_reading(const std::string& path) {
  return failure_of([&] { BackupFile(path).check(); });
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backup, Kept)

BOOST_AUTO_TEST_CASE(adversarial_rows_come_back_to_the_byte) {
  const std::string odd = insert_task({.actor = "ü'\"\\%_\n\t\x1b[31m]},{\"",
                                       .state = "rejected",
                                       .message = {{"b64", "AAECAwr/XG4iJw=="}},
                                       .uid = "a\\nb\"c"});
  const std::string empty = insert_task({.queue = "default.XQ", .state = "done", .message = {{"b64", ""}}, .uid = ""});
  const std::string null = insert_task({.state = "queued", .message = nullptr});
  insert_task({.state = "future_state", .eta_in_s = 7});
  set(odd, "_messages",
      R"([{"big": 123456789012345678901234567890.123456789, "u": "\u00fc\ud83d\ude00", "nested": {"a": [1, null,)"
      R"( true]}}])");
  set(odd, "mtime", "2024-02-29T23:59:59.999999Z");
  set(empty, "mtime", "2024-01-01T00:00:00.100000Z");
  set(odd, "result", Value{{"b64", "/w=="}});
  set(null, "rel_obj_id", "");
  if (database().referencing("authentik_tasks_tasklog") != nullptr) {
    insert_log({.task = odd,
                .event = "line one\nline two \\ \"quoted\" \u2028 \x7f",
                .level = "error",
                .attributes = R"({"x": [1.50, "]"]})"});
    insert_log({.task = odd, .event = "", .previous = true});
  }
  const auto before = everything();
  const std::int64_t count_before = tasks();
  check_complete(remove(), count_before);
  BOOST_TEST(everything().empty());
  const RestoreResult result = bring_back();
  BOOST_TEST(total(result.restored) == count_before);
  BOOST_TEST(everything() == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(many_batches_come_back) {
  insert_many(9000, "a", 2);
  insert_many(500, "b", 0, "0bbbbbbb");
  const auto before = everything();
  const DeletionResult deleted = remove();
  check_complete(deleted, 9500);
  const BackupContents found = contents();
  BOOST_TEST(found.complete);
  BOOST_TEST(total(found.tasks) == 9500);
  BOOST_TEST(found.other_rows == deleted.other_rows);
  const RestoreResult result = bring_back();
  BOOST_TEST(total(result.restored) == 9500);
  BOOST_TEST(result.other_rows == deleted.other_rows);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(what_is_there_already_is_left_alone) {
  const std::string id = insert_task({.actor = "a", .age_s = 100});
  insert_task({.actor = "a", .age_s = 100});
  remove();
  bring_back();
  write({"UPDATE authentik_tasks_task SET actor_name = 'changed' WHERE message_id = $1", {id}});
  const RestoreResult again = bring_back();
  BOOST_TEST(total(again.restored) == 0);
  BOOST_TEST(again.present == 2);
  BOOST_TEST(tasks("actor_name = 'changed'") == 1);
}

BOOST_AUTO_TEST_CASE(a_dry_run_changes_nothing_and_counts_exactly) {
  insert_many(3000, "a", 1);
  remove();
  const RestoreResult result = bring_back([](RestoreOrders& given) { given.ways.dry_run = true; });
  BOOST_TEST(total(result.restored) == 3000);
  BOOST_TEST(tasks() == 0);
}

BOOST_AUTO_TEST_CASE(a_part_and_as_rejected) {
  insert_task({.actor = "a", .state = "queued"});
  insert_task({.actor = "a", .state = "done"});
  insert_task({.actor = "b", .state = "queued"});
  remove();
  const RestoreResult result = bring_back([](RestoreOrders& given) {
    given.ways.selection.filter.actors = {"a"};
    given.ways.as_rejected = true;
  });
  BOOST_TEST(total(result.restored) == 2);
  BOOST_TEST(result.passed_over == 1);
  BOOST_TEST(tasks("state = 'rejected'") == 1);
  BOOST_TEST(tasks("state = 'done'") == 1);
}

BOOST_AUTO_TEST_CASE(rows_of_a_table_that_nobody_has_heard_of) {
  const std::string one = insert_task();
  const std::string two = insert_task();
  ExtraTable extra(*this, "authentik_tasks_extra",
                   "id integer PRIMARY KEY, task_id uuid NOT NULL REFERENCES authentik_tasks_task (message_id), "
                   "other_id uuid NULL REFERENCES authentik_tasks_task (message_id)");
  write({"INSERT INTO authentik_tasks_extra (id, task_id, other_id) VALUES (1, $1, $2), (2, $2, $1)", {one, two}});
  const auto before = everything();
  remove();
  BOOST_TEST(count("authentik_tasks_extra") == 0);
  const RestoreResult result = bring_back();
  BOOST_TEST(result.other_left == 0);
  BOOST_TEST(everything() == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_batch_that_could_not_be_sealed_stays_in_the_table) {
  insert_many(9000, "a", 1);
  const DeletionResult result = remove({}, false, [](Faulty& sink) { sink.fail_at = 2; });
  BOOST_TEST((result.ending == Ending::failed));
  const BackupContents found = contents();
  BOOST_TEST(total(found.tasks) == total(result.deleted));
  BOOST_TEST(tasks() + total(result.deleted) == 9000);
  BOOST_TEST(total(bring_back().restored) == total(result.deleted));
  BOOST_TEST(tasks() == 9000);
  BOOST_TEST(logs() == (database().referencing("authentik_tasks_tasklog") != nullptr ? 9000 : 0));
}

BOOST_AUTO_TEST_CASE(rows_that_came_damaged_do_no_harm_to_those_before) {
  insert_many(9000, "a", 1);
  const DeletionResult result = remove({}, false, [](Faulty& sink) { sink.damaged_after = 1; });
  BOOST_TEST((result.ending == Ending::failed));
  BOOST_TEST(total(result.deleted) > 0);
  BOOST_TEST(tasks() + total(result.deleted) == 9000);
  const BackupContents found = contents();
  BOOST_REQUIRE_EQUAL(found.batches.size(), 1u);
  BOOST_TEST(total(bring_back().restored) == total(result.deleted));
  BOOST_TEST(tasks() == 9000);
}

/// The code that restores reads each batch before it commits: what it does not take is not deleted.
BOOST_AUTO_TEST_CASE(rows_that_a_restoration_would_not_take_are_not_deleted) {
  insert_many(9000, "a", 1);
  const DeletionResult result = remove({}, false, [](Faulty& sink) { sink.damaged_after = 1, sink.unnoticed = true; });
  BOOST_TEST((result.ending == Ending::failed));
  BOOST_REQUIRE(result.failure.has_value());
  BOOST_TEST((result.failure->code() == ErrorCode::damaged), result.failure->what());
  BOOST_TEST(total(result.deleted) > 0);
  BOOST_TEST(tasks() + total(result.deleted) == 9000);
  BOOST_TEST(total(bring_back().restored) == total(result.deleted));
  BOOST_TEST(tasks() == 9000);
}

BOOST_AUTO_TEST_CASE(rows_whose_other_key_names_no_task_come_back) {
  const std::string one = insert_task();
  ExtraTable extra(*this, "authentik_tasks_extra",
                   "id integer PRIMARY KEY, task_id uuid NULL REFERENCES authentik_tasks_task (message_id), other_id "
                   "uuid NULL REFERENCES authentik_tasks_task (message_id)");
  write(
      {"INSERT INTO authentik_tasks_extra (id, task_id, other_id) VALUES (1, $1, NULL), (2, NULL, $1), (3, NULL, NULL)",
       {one}});
  const auto before = everything();
  remove();
  BOOST_TEST(count("authentik_tasks_extra") == 1);  // a row that names no task is nobody's
  const RestoreResult result = bring_back();
  BOOST_TEST(result.other_left == 0);
  BOOST_TEST(everything() == before, boost::test_tools::per_element());
}

/// Who waits goes with or before what it waits for, and comes back with or after it: nobody ever stands there without.
BOOST_AUTO_TEST_CASE(nobody_stands_without_what_it_waits_for) {
  if (!offers(kDependencyTable)) return;
  // Chains across the whole table, in both directions of its pages.
  constexpr int kTasks = 6000;
  insert_many(kTasks, "a", 1);
  std::vector<std::string> ids;
  for (const Value& row : read({"SELECT t.message_id FROM authentik_tasks_task AS t ORDER BY t.message_id"}))
    ids.push_back(text(row.at(0)));
  for (int i = 0; i < 300; ++i) {
    const std::size_t low = static_cast<std::size_t>(i);
    const std::size_t high = static_cast<std::size_t>(kTasks - 1 - i);
    const auto [waiting, awaited] = i % 2 == 0 ? std::pair(low, high) : std::pair(high, low);
    write({"UPDATE authentik_tasks_task SET state = 'waiting_for_dependencies' WHERE message_id = $1", {ids[waiting]}});
    write({"INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) VALUES ($1, $2)",
           {ids[waiting], ids[awaited]}});
  }
  // A chain of three.
  write({"UPDATE authentik_tasks_task SET state = 'waiting_for_dependencies' WHERE message_id IN ($1, $2)",
         {ids[3000], ids[1000]}});
  write({"INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) VALUES ($1, $2), ($2, $3)",
         {ids[3000], ids[1000], ids[5000]}});
  const auto before = everything();
  const Opened other = peer.open();
  // What authentik's sweep would take for ready.
  int looks = 0;
  const auto look = [&] {
    ++looks;
    const Transaction transaction(*other.session, kReading);
    const auto ready = other.session->rows(
        {"SELECT count(*) FROM authentik_tasks_task AS t WHERE t.state = 'waiting_for_dependencies' AND NOT EXISTS"
         " (SELECT 1 FROM authentik_tasks_taskdependency AS d WHERE d.task_id = t.message_id)"});
    BOOST_TEST(integer(ready.at(0).at(0)) == 0);
  };
  {
    BackupWriter writer(path(), header(), true);
    DeletionPlan given = orders();
    given.sink = &writer;
    given.progress = [&](const Progress&) { look(); };
    check_complete(run(given), kTasks);
    writer.finish("complete");
  }
  BOOST_TEST(tasks() == 0);
  const RestoreResult result =
      bring_back([&](RestoreOrders& given) { given.progress = [&](const Progress&) { look(); }; });
  BOOST_TEST(looks > 4);
  BOOST_TEST(result.waiting == 0);
  BOOST_TEST(total(result.restored) == kTasks);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(who_waits_is_left_out_until_what_it_waits_for_is_there) {
  if (!offers(kDependencyTable)) return;
  const std::string waiting = insert_task({.actor = "waits", .state = "waiting_for_dependencies"});
  const std::string awaited = insert_task({.actor = "awaited"});
  write({"INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) VALUES ($1, $2)", {waiting, awaited}});
  const auto before = everything();
  check_complete(remove(), 2);
  const RestoreResult part = bring_back([](RestoreOrders& given) { given.ways.selection.filter.actors = {"waits"}; });
  BOOST_TEST(total(part.restored) == 0);
  BOOST_TEST(part.waiting == 1);
  BOOST_TEST(part.missing() == 1);
  BOOST_TEST(tasks() == 0);
  BOOST_TEST(
      total(bring_back([](RestoreOrders& given) { given.ways.selection.filter.actors = {"awaited"}; }).restored) == 1);
  BOOST_TEST(total(bring_back().restored) == 1);
  BOOST_TEST(everything() == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_table_tells_whether_all_is_there) {
  insert_many(6000, "a");
  remove();
  BackupFile file(path());
  file.check();
  BOOST_TEST(!all_there(database(), file));
  bring_back();
  BOOST_TEST(all_there(database(), file));
  write(
      {"DELETE FROM authentik_tasks_task WHERE message_id IN (SELECT t.message_id FROM authentik_tasks_task AS t LIMIT "
       "1)"});
  BOOST_TEST(!all_there(database(), file));
}

BOOST_AUTO_TEST_CASE(two_restorations_at_once_add_up) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("SQLite has one writer at a time");
    return;
  }
  insert_many(20'000, "a", 1);
  const auto before = everything();
  remove();
  const Opened other = peer.open();
  const Catalog catalog = other.session->introspect(kTaskTable);
  RestoreResult second;
  std::thread beside([&] {
    BackupFile file(path());
    file.check();
    second = restore({*other.session, catalog, *dialect}, file, {});
  });
  const RestoreResult first = bring_back();
  beside.join();
  BOOST_TEST(!second.failure.has_value(), (second.failure ? second.failure->what() : ""));
  BOOST_TEST(total(first.restored) + total(second.restored) == 20'000);
  BOOST_TEST(first.present + second.present == 20'000);
  BOOST_TEST(first.conflicting + second.conflicting == 0);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(a_backup_of_json_is_restored_with_all_of_its_digits) {
  const std::string id = insert_task();
  Value json{{"message_id", id},
             {"queue_name", "default"},
             {"actor_name", "a"},
             {"message", "\\x00ff"},
             {"state", "rejected"},
             {"mtime", "2026-05-01T12:34:56.1+00:00"},
             {"aggregated_status", "rejected"},
             {"_messages", "BIG"},
             {"_previous_messages", Value()}};
  if (release().has(kTaskTable, "tenant_id"))
    json["tenant_id"] = text(one({"SELECT n.tenant_uuid FROM authentik_tenants_tenant AS n"}));
  if (release().has(kTaskTable, "retries")) json["retries"] = 0;
  std::string row = json.dump();
  // The replica has no numbers beyond a double.
  const std::string big = peer.is_postgres() ? "[1.8e308, 1" + std::string(616, '7') + ", -0.5, 1e-400]" : "[1, -0.5]";
  row.replace(row.find("\"BIG\""), 5, big);
  BackupHeader first = header();
  first.version = kBackupVersionOfJson;
  for (KeptTable& table : first.tables)
    std::erase_if(table.columns,
                  [&](const KeptColumn& column) { return !json.contains(column.name) && column.nullable; });
  BackupBatch batch{.number = 1, .rows = std::vector<std::int64_t>(first.tables.size(), 0)};
  batch.rows[0] = 1;
  const std::string line = "[0," + row + "]\n";
  batch.crc = crc32_of(line);
  std::ofstream(path("one.jsonl"), std::ios::binary)
      << first.to_json().dump() << "\n"
      << line << sealed_line(batch) << fate_line({.number = 1, .fate = BatchFate::committed})
      << end_line("complete", 1);
  fs::permissions(path("one.jsonl"), fs::perms::owner_read | fs::perms::owner_write);
  write({"DELETE FROM authentik_tasks_task"});
  BOOST_TEST(total(bring_back({}, "one.jsonl").restored) == 1);
  const std::string messages = text(one({"SELECT CAST(t._messages AS text) FROM authentik_tasks_task AS t"}));
  BOOST_TEST(messages.find(peer.is_postgres() ? std::string(600, '7') : "-0.5") != std::string::npos);
  BOOST_TEST(text(one({"SELECT CAST(t._previous_messages AS text) FROM authentik_tasks_task AS t"})) == "null");
  BOOST_TEST(text(one({"SELECT t.state FROM authentik_tasks_task AS t"})) == "rejected");
}

BOOST_AUTO_TEST_CASE(json_null_is_not_null) {
  const std::string id = insert_task();
  set(id, "_messages", "null");
  set(id, "_previous_messages", "null");
  const auto before = everything();
  check_complete(remove(), 1);
  BOOST_TEST(total(bring_back().restored) == 1);
  BOOST_TEST(everything() == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(batches_whose_fate_nobody_heard_are_told_apart) {
  insert_many(6000, "a");
  const DeletionResult result = remove({}, true, [](Faulty& sink) { sink.forget = true; });
  BOOST_TEST(tasks() == 0);
  const BackupContents found = contents();
  BOOST_TEST(!found.complete);
  BOOST_TEST((found.batches.front().fate == BatchFate::uncertain));
  BOOST_TEST(found.batches.front().transaction.empty() == !peer.is_postgres());
  BOOST_TEST(total(bring_back().restored) == total(result.deleted));
}

BOOST_AUTO_TEST_CASE(a_batch_that_was_never_committed_brings_nothing_back) {
  insert_many(3000, "a");
  remove({}, true, [](Faulty& sink) {
    sink.fail_at = 1;
    sink.forget = true;
  });
  BOOST_TEST(tasks() == 3000);
  // A worker takes one meanwhile: it must not be brought back.
  write(
      {"DELETE FROM authentik_tasks_task WHERE message_id = (SELECT min(CAST(t.message_id AS text)) FROM "
       "authentik_tasks_task AS t)" +
       std::string(peer.is_postgres() ? "::uuid" : "")});
  const RestoreResult result = bring_back();
  BOOST_TEST(total(result.restored) == 0);
  const BackupContents found = contents();
  BOOST_REQUIRE_EQUAL(found.batches.size(), 1u);
  BOOST_TEST(result.never_deleted == found.batches.front().tasks());
  BOOST_TEST(result.never_deleted > 0);
  BOOST_TEST(tasks() == 2999);
}

BOOST_AUTO_TEST_CASE(what_another_database_calls_aborted_comes_back_where_it_is_gone) {
  insert_many(3000, "a");
  remove({}, true, [](Faulty& sink) {
    sink.fail_at = 1;
    sink.forget = true;
  });
  BOOST_TEST(tasks() == 3000);
  const std::int64_t in_backup = contents().batches.front().tasks();
  write({"DELETE FROM authentik_tasks_task"});
  BOOST_TEST(total(bring_back().restored) == in_backup);
}

BOOST_AUTO_TEST_CASE(what_is_left_of_a_batch_comes_back_after_a_part_of_it) {
  insert_many(2000, "a");
  remove({}, true, [](Faulty& sink) { sink.forget = true; });
  const BackupContents found = contents();
  BOOST_TEST(total(bring_back().restored) == 2000);
  write(
      {"DELETE FROM authentik_tasks_task WHERE message_id IN (SELECT t.message_id FROM authentik_tasks_task AS t LIMIT "
       "700)"});
  const auto again = [](RestoreOrders& orders) { orders.partly_restored = true; };
  BOOST_TEST(total(bring_back().restored) == (peer.is_postgres() ? 700 : 0));
  BOOST_TEST(total(bring_back(again).restored) == (peer.is_postgres() ? 0 : 700));
  BOOST_TEST(bring_back(again).present == (peer.is_postgres() ? 2000 : 0));
  BOOST_TEST(tasks() == 2000);
}

/// A release to come may keep only one unfinished task of a uid (a column and a partial unique index).
BOOST_AUTO_TEST_CASE(a_unique_index_lets_in_what_it_can) {
  write({"ALTER TABLE authentik_tasks_task ADD COLUMN _deduplicate_by_uid boolean NOT NULL DEFAULT false"});
  write(
      {"CREATE UNIQUE INDEX akqueue_deduplicate ON authentik_tasks_task (queue_name, actor_name, _uid) WHERE "
       "_deduplicate_by_uid AND state IN ('queued', 'running')"});
  struct Mend {
    Kept& queue;
    ~Mend() {
      queue.write({"DROP INDEX akqueue_deduplicate"});
      queue.write({"ALTER TABLE authentik_tasks_task DROP COLUMN _deduplicate_by_uid"});
    }
  } const mend{*this};
  const bool logged = database().referencing("authentik_tasks_tasklog") != nullptr;
  const std::string twin = insert_task({.actor = "a", .uid = "u"});
  const std::string single = insert_task({.actor = "a", .uid = "v"});
  for (const std::string& id : {twin, single}) {
    write({"UPDATE authentik_tasks_task SET _deduplicate_by_uid = true WHERE message_id = $1", {id}});
    if (logged) insert_log({.task = id});
  }
  check_complete(remove(), 2);
  const std::string newer = insert_task({.actor = "a", .uid = "u"});
  write({"UPDATE authentik_tasks_task SET _deduplicate_by_uid = true WHERE message_id = $1", {newer}});
  const RestoreResult result = bring_back();
  BOOST_TEST(total(result.restored) == 1);
  BOOST_TEST(result.conflicting == 1);
  BOOST_TEST(tasks("message_id = '" + single + "' AND _deduplicate_by_uid") == 1);
  if (logged) BOOST_TEST(logs() == 1);
}

BOOST_AUTO_TEST_CASE(a_backup_without_a_deletion) {
  insert_many(9000, "a", 1);
  insert_many(100, "b", 0, "0bbbbbbb");
  const auto before = everything();
  {
    BackupWriter writer(path(), header(), true);
    const Database open = database();
    const Transaction transaction(*session, kReading);
    ExportOrders given;
    given.selection = {.filter = {.actors = {"a"}}, .as_of = transaction.now()};
    const ExportResult result = export_tasks(open, given, writer);
    writer.finish("complete");
    BOOST_TEST(result.tasks == 9000);
  }
  BOOST_TEST((everything() == before));
  BOOST_TEST(total(contents().tasks) == 9000);
  run({.actors = {"a"}});
  BOOST_TEST(tasks() == 100);
  BOOST_TEST(total(bring_back().restored) == 9000);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(every_truncated_file_is_a_shorter_backup_or_an_error) {
  insert_many(3000, "a");
  remove({}, true);
  std::ifstream whole(path(), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(whole)), {});
  const std::int64_t all = total(contents().tasks);
  for (std::size_t length = 0; length < bytes.size(); length += 1 + bytes.size() / 97) {
    std::ofstream(path("cut"), std::ios::binary) << bytes.substr(0, length);
    const std::string failure = failure_of([&] {
      const BackupContents found = contents("cut");
      BOOST_TEST(!found.complete);
      BOOST_TEST(total(found.tasks) <= all);
    });
    BOOST_TEST((failure.empty() || failure == "damaged"), failure << " at " << length);
  }
}

BOOST_AUTO_TEST_CASE(a_changed_byte_is_noticed) {
  insert_many(200, "a");
  BackupWriter writer(path("plain"), header(), false);
  DeletionPlan given = orders();
  given.sink = &writer;
  run(given);
  writer.finish("complete");
  std::ifstream whole(path("plain"), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(whole)), {});
  BOOST_TEST(failure_of_reading(path("plain")).empty());
  const std::size_t rows = bytes.find('\n') + 1;
  const std::size_t sealed = bytes.find("{\"sealed\"");
  for (std::size_t at = rows; at < sealed; at += 211) {
    std::string changed = bytes;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    std::ofstream(path("changed"), std::ios::binary) << changed;
    BOOST_TEST(failure_of_reading(path("changed")) == "damaged", at);
  }
  std::ofstream(path("changed"), std::ios::binary) << bytes << "[0,{}]\n";
  BOOST_TEST(failure_of_reading(path("changed")) == "damaged");
  std::ofstream(path("none"), std::ios::binary) << "hello\n";
  BOOST_TEST(failure_of_reading(path("none")) == "damaged");
  BOOST_TEST(failure_of_reading(path("missing")) == "system");
}

BOOST_AUTO_TEST_CASE(columns_that_the_target_lacks_or_needs_are_named) {
  insert_task();
  remove();
  BackupContents found = contents();
  const Database open = database();
  const Transaction transaction(*session, kReading);
  found.header.tables.front().columns.push_back({.name = "from_the_future", .type = "integer", .nullable = false});
  BOOST_TEST((failure_of([&] { check_target(open, found, false); }) == "unsupported"));
  BOOST_TEST((failure_of([&] { check_target(open, found, true); }).empty()));
  std::erase_if(found.header.tables.front().columns,
                [](const KeptColumn& column) { return column.name == "queue_name"; });
  BOOST_TEST((failure_of([&] { check_target(open, found, true); }) == "unsupported"));
  found = contents();
  found.content_types = {987654};
  BOOST_TEST((failure_of([&] { check_target(open, found, false); }) == "refused"));
  if (open.task().has("tenant_id")) {
    found = contents();
    found.tenants = {"ffffffff-0000-4000-8000-000000000000"};
    BOOST_TEST((failure_of([&] { check_target(open, found, false); }) == "refused"));
  }
  found = contents();
  found.header.tables.push_back({.schema = "public", .name = "authentik_tasks_gone", .columns = {}, .primary_key = {}});
  BOOST_TEST((failure_of([&] { check_target(open, found, false); }) == "unsupported"));
}

BOOST_AUTO_TEST_SUITE_END()

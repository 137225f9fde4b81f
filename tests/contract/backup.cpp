// What is deleted with a backup comes back as it was: every byte, whatever ended the deletion.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "deletions.hpp"
#include "queue/backup_reader.hpp"
#include "queue/backup_writer.hpp"
#include "queue/export.hpp"
#include "queue/restore.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

namespace fs = std::filesystem;

/// Gives what it takes to another sink, and fails where it is told to.
class Faulty final : public DeletedRows {
 public:
  explicit Faulty(DeletedRows& inner) : inner_(inner) {}
  void row(const Table& table, std::string_view json) override { inner_.row(table, seals == damaged_after ? json.substr(0, json.size() / 2) : json); }
  void seal(const std::string& transaction) override {
    if (seals == damaged_after) throw Error(ErrorCode::protocol, "rows were damaged on the way");
    inner_.seal(transaction);
    if (++seals == fail_at) throw Error(ErrorCode::system, "no space left on device");
  }
  void ended(bool committed, bool certain) noexcept override { inner_.ended(committed, certain && !forget); }

  int seals = 0;
  int fail_at = 0;
  int damaged_after = -1;  ///< so many batches, rows come damaged
  bool forget = false;  ///< nobody hears how a batch ended

 private:
  DeletedRows& inner_;
};

struct Keeping : Deletions {
  Keeping() {
    std::string name = (fs::temp_directory_path() / "akqueue-backup.XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~Keeping() { fs::remove_all(folder); }

  std::string path(const std::string& name = "b.jsonl.gz") const { return (folder / name).string(); }
  BackupHeader header() {
    const Catalog& catalog = database().catalog;
    return {.tool = "test", .created = "now", .context = {}, .name_space = "authentik", .release = {}, .database = "authentik", .schema = {}, .engine = {}, .authentik = {}, .command = "delete",
            .filter = {}, .reason = {}, .tables = catalog.tables};
  }
  /// Deletes a choice with a backup. The trailer is written unless `cut`.
  DeletionResult remove(const Choice& choice = {}, bool cut = false, const std::function<void(Faulty&)>& set_up = {}) {
    BackupWriter writer(path(), header(), true);
    Faulty sink(writer);
    if (set_up) set_up(sink);
    DeletionOrders given = orders(choice);
    given.include_held = true;
    given.sink = &sink;
    const DeletionResult result = run(given);
    if (!cut) writer.finish(ending_word(result.ending));
    return result;
  }
  RestoreResult bring_back(const std::function<void(RestoreOrders&)>& set_up = {}, const std::string& name = "b.jsonl.gz") {
    const Database open = database();
    const BackupContents contents = read_backup(path(name));
    RestoreOrders given;
    given.path = path(name);
    given.selection.as_of = now();
    if (set_up) set_up(given);
    {
      const Transaction transaction(*session, kReading);
      check_target(open, contents, given.drop_columns);
    }
    const RestoreResult result = restore(open, contents, given);
    BOOST_TEST(!result.failure.has_value(), (result.failure ? result.failure->what() : ""));
    return result;
  }
  /// Every row of every table as the database writes it, in an order of its own.
  std::vector<std::string> everything() {
    std::vector<std::string> rows;
    const Database open = database();
    const Transaction transaction(*session, kReading);
    for (const Table& table : open.catalog.tables) {
      session->query({"SELECT CAST(" + dialect->row_json(table, "r") + " AS text) FROM " + table.quoted() + " AS r"},
                     [&](const Value& row) { rows.push_back(table.name + " " + Json::parse(text(row.at(0))).dump()); });
    }
    std::ranges::sort(rows);
    return rows;
  }
  void set(const std::string& id, const std::string& column, const Value& value) {
    if (database().task().has(column)) write({"UPDATE authentik_tasks_task SET " + quote_identifier(column) + " = $2 WHERE message_id = $1", {id, value}});
  }

  fs::path folder;
};

std::string failure_of_reading(const std::string& path) {
  return failure_of([&] { read_backup(path); });
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backup, Keeping)

BOOST_AUTO_TEST_CASE(adversarial_rows_come_back_to_the_byte) {
  const std::string odd = insert_task({.actor = "ü'\"\\%_\n\t\x1b[31m]},{\"", .state = "rejected", .message = {{"b64", "AAECAwr/XG4iJw=="}}, .uid = "a\\nb\"c"});
  const std::string empty = insert_task({.queue = "default.XQ", .state = "done", .message = {{"b64", ""}}, .uid = ""});
  const std::string null = insert_task({.state = "queued", .message = nullptr});
  insert_task({.state = "future_state", .eta_in_s = 7});
  set(odd, "_messages", R"([{"big": 123456789012345678901234567890.123456789, "u": "\u00fc\ud83d\ude00", "nested": {"a": [1, null, true]}}])");
  set(odd, "mtime", "2024-02-29T23:59:59.999999Z");
  set(empty, "mtime", "2024-01-01T00:00:00.100000Z");
  set(odd, "result", Value{{"b64", "/w=="}});
  set(null, "rel_obj_id", "");
  if (database().referencing("authentik_tasks_tasklog") != nullptr) {
    insert_log({.task = odd, .event = "line one\nline two \\ \"quoted\" \u2028 \x7f", .level = "error", .attributes = R"({"x": [1.50, "]"]})"});
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
  const BackupContents contents = read_backup(path());
  BOOST_TEST(contents.complete);
  BOOST_TEST(total(contents.tasks) == 9500);
  BOOST_TEST(contents.other_rows == deleted.other_rows);
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
  const RestoreResult result = bring_back([](RestoreOrders& given) { given.dry_run = true; });
  BOOST_TEST(total(result.restored) == 3000);
  BOOST_TEST(tasks() == 0);
}

BOOST_AUTO_TEST_CASE(a_part_and_as_rejected) {
  insert_task({.actor = "a", .state = "queued"});
  insert_task({.actor = "a", .state = "done"});
  insert_task({.actor = "b", .state = "queued"});
  remove();
  const RestoreResult result = bring_back([](RestoreOrders& given) {
    given.selection.filter.actors = {"a"};
    given.as_rejected = true;
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
                   "id integer PRIMARY KEY, task_id uuid NOT NULL REFERENCES authentik_tasks_task (message_id), other_id uuid NULL REFERENCES authentik_tasks_task (message_id)");
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
  const BackupContents contents = read_backup(path());
  BOOST_TEST(total(contents.tasks) == total(result.deleted));
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
  const BackupContents contents = read_backup(path());
  BOOST_REQUIRE_EQUAL(contents.batches.size(), 1u);
  BOOST_TEST(total(bring_back().restored) == total(result.deleted));
  BOOST_TEST(tasks() == 9000);
}

BOOST_AUTO_TEST_CASE(batches_whose_fate_nobody_heard_are_told_apart) {
  insert_many(6000, "a");
  const DeletionResult result = remove({}, true, [](Faulty& sink) { sink.forget = true; });
  BOOST_TEST(tasks() == 0);
  const BackupContents contents = read_backup(path());
  BOOST_TEST(!contents.complete);
  BOOST_TEST((contents.batches.front().fate == BatchFate::uncertain));
  BOOST_TEST(contents.batches.front().transaction.empty() == !peer.is_postgres());
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
  write({"DELETE FROM authentik_tasks_task WHERE message_id = (SELECT min(CAST(t.message_id AS text)) FROM authentik_tasks_task AS t)" + std::string(peer.is_postgres() ? "::uuid" : "")});
  const RestoreResult result = bring_back();
  BOOST_TEST(total(result.restored) == 0);
  const BackupContents contents = read_backup(path());
  BOOST_REQUIRE_EQUAL(contents.batches.size(), 1u);
  BOOST_TEST(result.never_deleted == contents.batches.front().tasks());
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
  const std::int64_t in_backup = read_backup(path()).batches.front().tasks();
  write({"DELETE FROM authentik_tasks_task"});
  BOOST_TEST(total(bring_back().restored) == in_backup);
}

BOOST_AUTO_TEST_CASE(what_is_left_of_a_batch_comes_back_after_a_part_of_it) {
  insert_many(2000, "a");
  remove({}, true, [](Faulty& sink) { sink.forget = true; });
  const BackupContents contents = read_backup(path());
  BOOST_TEST(total(bring_back().restored) == 2000);
  write({"DELETE FROM authentik_tasks_task WHERE message_id IN (SELECT t.message_id FROM authentik_tasks_task AS t LIMIT 700)"});
  const auto again = [](RestoreOrders& orders) { orders.partly_restored = true; };
  BOOST_TEST(total(bring_back().restored) == (peer.is_postgres() ? 700 : 0));
  BOOST_TEST(total(bring_back(again).restored) == (peer.is_postgres() ? 0 : 700));
  BOOST_TEST(bring_back(again).present == (peer.is_postgres() ? 2000 : 0));
  BOOST_TEST(tasks() == 2000);
}

/// A release to come may keep only one unfinished task of a uid (a column and a partial unique index).
BOOST_AUTO_TEST_CASE(a_unique_index_lets_in_what_it_can) {
  write({"ALTER TABLE authentik_tasks_task ADD COLUMN _deduplicate_by_uid boolean NOT NULL DEFAULT false"});
  write({"CREATE UNIQUE INDEX akqueue_deduplicate ON authentik_tasks_task (queue_name, actor_name, _uid) WHERE _deduplicate_by_uid AND state IN ('queued', 'running')"});
  struct Mend {
    Keeping& queue;
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
    writer.finish("no more rows");
    BOOST_TEST(result.tasks == 9000);
  }
  BOOST_TEST((everything() == before));
  BOOST_TEST(total(read_backup(path()).tasks) == 9000);
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
  const std::int64_t all = total(read_backup(path()).tasks);
  for (std::size_t length = 0; length < bytes.size(); length += 1 + bytes.size() / 97) {
    std::ofstream(path("cut"), std::ios::binary) << bytes.substr(0, length);
    const std::string failure = failure_of([&] {
      const BackupContents contents = read_backup(path("cut"));
      BOOST_TEST(!contents.complete);
      BOOST_TEST(total(contents.tasks) <= all);
    });
    BOOST_TEST((failure.empty() || failure == "damaged"), failure << " at " << length);
  }
}

BOOST_AUTO_TEST_CASE(a_changed_byte_is_noticed) {
  insert_many(200, "a");
  BackupWriter writer(path("plain"), header(), false);
  DeletionOrders given = orders();
  given.sink = &writer;
  run(given);
  writer.finish("no more rows");
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
  BackupContents contents = read_backup(path());
  const Database open = database();
  const Transaction transaction(*session, kReading);
  contents.header.tables.front().columns.push_back({"from_the_future", "integer", false});
  BOOST_TEST((failure_of([&] { check_target(open, contents, false); }) == "unsupported"));
  BOOST_TEST((failure_of([&] { check_target(open, contents, true); }).empty()));
  std::erase_if(contents.header.tables.front().columns, [](const Column& column) { return column.name == "queue_name"; });
  BOOST_TEST((failure_of([&] { check_target(open, contents, true); }) == "unsupported"));
  contents = read_backup(path());
  contents.content_types = {987654};
  BOOST_TEST((failure_of([&] { check_target(open, contents, false); }) == "refused"));
  if (open.task().has("tenant_id")) {
    contents = read_backup(path());
    contents.tenants = {"ffffffff-0000-4000-8000-000000000000"};
    BOOST_TEST((failure_of([&] { check_target(open, contents, false); }) == "refused"));
  }
  contents = read_backup(path());
  contents.header.tables.push_back({"public", "authentik_tasks_gone", {}, {}, {}, {}, {}, {}, 0});
  BOOST_TEST((failure_of([&] { check_target(open, contents, false); }) == "unsupported"));
}

BOOST_AUTO_TEST_SUITE_END()

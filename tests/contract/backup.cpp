// What is deleted with a backup comes back as it was, to the byte.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <thread>

#include "akqueue/checksum.hpp"
#include "between.hpp"
#include "kept.hpp"
#include "queue/change/export.hpp"

using namespace akqueue;
using namespace akqueue::contract;

BOOST_FIXTURE_TEST_SUITE(backup_and_restore, Kept)

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
  set(odd, "result", session::Value{{"b64", "/w=="}});
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
  const queue::RestoreResult result = bring_back();
  BOOST_TEST(backup::total(result.restored) == count_before);
  BOOST_TEST(everything() == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(many_batches_come_back) {
  insert_many(9000, "a", 2);
  insert_many(500, "b", 0, "0bbbbbbb");
  const auto before = everything();
  const queue::DeletionResult deleted = remove();
  check_complete(deleted, 9500);
  const backup::BackupContents found = contents();
  BOOST_TEST(found.complete);
  BOOST_TEST(backup::total(found.tasks) == 9500);
  BOOST_TEST((found.other_rows == deleted.other_rows));
  const queue::RestoreResult result = bring_back();
  BOOST_TEST(backup::total(result.restored) == 9500);
  BOOST_TEST((result.other_rows == deleted.other_rows));
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(what_is_there_already_is_left_alone) {
  const std::string id = insert_task({.actor = "a", .age_s = 100});
  insert_task({.actor = "a", .age_s = 100});
  remove();
  bring_back();
  write({"UPDATE authentik_tasks_task SET actor_name = 'changed' WHERE message_id = $1", {id}});
  const queue::RestoreResult again = bring_back();
  BOOST_TEST(backup::total(again.restored) == 0);
  BOOST_TEST(again.present == 2);
  BOOST_TEST(tasks("actor_name = 'changed'") == 1);
}

BOOST_AUTO_TEST_CASE(a_dry_run_changes_nothing_and_counts_exactly) {
  insert_many(3000, "a", 1);
  remove();
  const queue::RestoreResult result = bring_back([](queue::RestoreOrders& given) { given.ways.dry_run = true; });
  BOOST_TEST(backup::total(result.restored) == 3000);
  BOOST_TEST(tasks() == 0);
}

BOOST_AUTO_TEST_CASE(a_part_and_as_rejected) {
  insert_task({.actor = "a", .state = "queued"});
  insert_task({.actor = "a", .state = "done"});
  insert_task({.actor = "b", .state = "queued"});
  remove();
  const queue::RestoreResult result = bring_back([](queue::RestoreOrders& given) {
    given.ways.selection.filter.actors = {"a"};
    given.ways.as_rejected = true;
  });
  BOOST_TEST(backup::total(result.restored) == 2);
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
  const queue::RestoreResult result = bring_back();
  BOOST_TEST(result.other_left == 0);
  BOOST_TEST(everything() == before, boost::test_tools::per_element());
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
  BOOST_TEST(count("authentik_tasks_extra") == 1);  // a row without a task belongs to none
  const queue::RestoreResult result = bring_back();
  BOOST_TEST(result.other_left == 0);
  BOOST_TEST(everything() == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_table_tells_whether_all_is_there) {
  insert_many(6000, "a");
  remove();
  backup::BackupFile file(path());
  file.check();
  BOOST_TEST(!queue::all_there(database(), file));
  bring_back();
  BOOST_TEST(queue::all_there(database(), file));
  write(
      {"DELETE FROM authentik_tasks_task WHERE message_id IN (SELECT t.message_id FROM authentik_tasks_task AS t LIMIT "
       "1)"});
  BOOST_TEST(!queue::all_there(database(), file));
}

/// One for the rows and one for the commit, where no task waits for others.
BOOST_AUTO_TEST_CASE(a_batch_comes_back_in_one_round_trip) {
  if (offers(kDependencyTable)) return;
  insert_many(9000, "a", 1);
  remove();
  int trips = 0;
  const session::Opened counted =
      open_through([&](auto process) { return std::make_unique<CountingProcess>(std::move(process), trips); });
  const session::Database near = database();
  backup::BackupFile file(path());
  file.check();
  trips = 0;
  const queue::RestoreResult result = queue::restore({*counted.session, near.catalog, near.dialect}, file, {});
  BOOST_TEST(backup::total(result.restored) == 9000);
  BOOST_TEST(result.batches >= 3);
  BOOST_TEST(trips <= result.batches + 3, trips << " trips for " << result.batches << " batches");
}

BOOST_AUTO_TEST_CASE(two_restorations_at_once_add_up, *boost::unit_test::label("once")) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("SQLite has one writer at a time");
    return;
  }
  insert_many(8'000, "a", 1);
  const auto before = everything();
  remove();
  const session::Opened other = peer.open();
  const session::Catalog catalog = other.session->introspect(kTaskTable);
  queue::RestoreResult second;
  std::thread beside([&] {
    backup::BackupFile file(path());
    file.check();
    second = queue::restore({*other.session, catalog, *dialect}, file, {});
  });
  const queue::RestoreResult first = bring_back();
  beside.join();
  BOOST_TEST(!second.failure.has_value(), (second.failure ? second.failure->what() : ""));
  BOOST_TEST(backup::total(first.restored) + backup::total(second.restored) == 8'000);
  BOOST_TEST(first.present + second.present == 8'000);
  BOOST_TEST(first.conflicting + second.conflicting == 0);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(a_batch_that_waits_too_long_for_a_row_is_tried_again, *boost::unit_test::label("once")) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("SQLite has one writer at a time");
    return;
  }
  insert_many(10, "a", 1);
  const auto before = everything();
  AboutToInsert somebody;
  remove();
  somebody.insert();
  int waits = 0;
  const queue::RestoreResult result = bring_back([&](queue::RestoreOrders& given) {
    given.progress = [&](const queue::Progress& progress) { waits += progress.waiting_for_locks ? 1 : 0; };
  });
  BOOST_TEST(!result.failure.has_value(), (result.failure ? result.failure->what() : ""));
  BOOST_TEST(waits == 1);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(a_backup_of_json_is_restored_with_all_of_its_digits) {
  const std::string id = insert_task();
  session::Value json{{"message_id", id},
                      {"queue_name", "default"},
                      {"actor_name", "a"},
                      {"message", "\\x00ff"},
                      {"state", "rejected"},
                      {"mtime", "2026-05-01T12:34:56.1+00:00"},
                      {"aggregated_status", "rejected"},
                      {"_messages", "BIG"},
                      {"_previous_messages", session::Value()}};
  if (release().has(kTaskTable, "tenant_id"))
    json["tenant_id"] = session::text(one({"SELECT n.tenant_uuid FROM authentik_tenants_tenant AS n"}));
  if (release().has(kTaskTable, "retries")) json["retries"] = 0;
  std::string row = json.dump();
  // The replica has no numbers beyond a double.
  const std::string big = peer.is_postgres() ? "[1.8e308, 1" + std::string(616, '7') + ", -0.5, 1e-400]" : "[1, -0.5]";
  row.replace(row.find("\"BIG\""), 5, big);
  backup::BackupHeader first = header();
  first.version = backup::kBackupVersionOfJson;
  for (backup::KeptTable& table : first.tables)
    std::erase_if(table.columns,
                  [&](const backup::KeptColumn& column) { return !json.contains(column.name) && column.nullable; });
  backup::BackupBatch batch{.number = 1, .rows = std::vector<std::int64_t>(first.tables.size(), 0)};
  batch.rows[0] = 1;
  const std::string line = "[0," + row + "]\n";
  batch.crc = crc32_of(line);
  std::ofstream(path("one.jsonl"), std::ios::binary)
      << first.to_json().dump() << "\n"
      << line << backup::sealed_line(batch) << backup::fate_line({.number = 1, .fate = backup::BatchFate::committed})
      << backup::end_line("complete", 1);
  fs::permissions(path("one.jsonl"), fs::perms::owner_read | fs::perms::owner_write);
  write({"DELETE FROM authentik_tasks_task"});
  BOOST_TEST(backup::total(bring_back({}, "one.jsonl").restored) == 1);
  const std::string messages = session::text(one({"SELECT CAST(t._messages AS text) FROM authentik_tasks_task AS t"}));
  BOOST_TEST(messages.find(peer.is_postgres() ? std::string(600, '7') : "-0.5") != std::string::npos);
  BOOST_TEST(session::text(one({"SELECT CAST(t._previous_messages AS text) FROM authentik_tasks_task AS t"})) ==
             "null");
  BOOST_TEST(session::text(one({"SELECT t.state FROM authentik_tasks_task AS t"})) == "rejected");
}

BOOST_AUTO_TEST_CASE(json_null_is_not_null) {
  const std::string id = insert_task();
  set(id, "_messages", "null");
  set(id, "_previous_messages", "null");
  const auto before = everything();
  check_complete(remove(), 1);
  BOOST_TEST(backup::total(bring_back().restored) == 1);
  BOOST_TEST(everything() == before, boost::test_tools::per_element());
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
  const queue::RestoreResult result = bring_back();
  BOOST_TEST(backup::total(result.restored) == 1);
  BOOST_TEST(result.conflicting == 1);
  BOOST_TEST(tasks("message_id = '" + single + "' AND _deduplicate_by_uid") == 1);
  if (logged) BOOST_TEST(logs() == 1);
}

BOOST_AUTO_TEST_CASE(a_backup_without_a_deletion) {
  insert_many(9000, "a", 1);
  insert_many(100, "b", 0, "0bbbbbbb");
  const auto before = everything();
  {
    backup::BackupWriter writer(path(), header(), true);
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    queue::ExportOrders given;
    given.selection = {.filter = {.actors = {"a"}}, .as_of = transaction.now()};
    const queue::ExportResult result = queue::export_tasks(open, given, writer);
    writer.finish("complete");
    BOOST_TEST(result.tasks == 9000);
  }
  BOOST_TEST((everything() == before));
  BOOST_TEST(backup::total(contents().tasks) == 9000);
  run({.actors = {"a"}});
  BOOST_TEST(tasks() == 100);
  BOOST_TEST(backup::total(bring_back().restored) == 9000);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(columns_that_the_target_lacks_or_needs_are_named) {
  insert_task();
  remove();
  backup::BackupContents found = contents();
  const session::Database open = database();
  const session::Transaction transaction(*session, kReading);
  found.header.tables.front().columns.push_back({.name = "from_the_future", .type = "integer", .nullable = false});
  BOOST_TEST((failure_of([&] { queue::check_target(open, found, false); }) == "unsupported"));
  BOOST_TEST((failure_of([&] { queue::check_target(open, found, true); }).empty()));
  std::erase_if(found.header.tables.front().columns,
                [](const backup::KeptColumn& column) { return column.name == "queue_name"; });
  BOOST_TEST((failure_of([&] { queue::check_target(open, found, true); }) == "unsupported"));
  found = contents();
  found.content_types = {987654};
  BOOST_TEST((failure_of([&] { queue::check_target(open, found, false); }) == "refused"));
  if (open.task().has("tenant_id")) {
    found = contents();
    found.tenants = {"ffffffff-0000-4000-8000-000000000000"};
    BOOST_TEST((failure_of([&] { queue::check_target(open, found, false); }) == "refused"));
  }
  found = contents();
  found.header.tables.push_back({.schema = "public", .name = "authentik_tasks_gone", .columns = {}, .primary_key = {}});
  BOOST_TEST((failure_of([&] { queue::check_target(open, found, false); }) == "unsupported"));
}

BOOST_AUTO_TEST_SUITE_END()

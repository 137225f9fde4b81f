#include "queue/change/batch_parts.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "akqueue/tasks.hpp"
#include "akqueue/tuple.hpp"

using namespace akqueue;
using namespace akqueue::queue;

namespace {

struct Batch {
  Batch() {
    backup::KeptTable task = table(kTaskTable);
    task.columns = {{.name = "state", .type = "text"}, {.name = "message_id", .type = "uuid"}};
    backup::KeptTable log = table(kTaskLogTable);
    log.columns = {{.name = "task_id", .type = "uuid"}, {.name = "event", .type = "text"}};
    backup::KeptTable other = table("authentik_tasks_extra");
    other.columns = {{.name = "task_id", .type = "uuid"}};
    header.tables = {task, log, other};
    batch.rows = {100, 200, 0};
    batch.fate = backup::BatchFate::committed;
  }

  static backup::KeptTable table(std::string_view name) {
    backup::KeptTable made;
    made.schema = "public";
    made.name = name;
    return made;
  }
  static std::string row(std::string_view first, std::string_view second) {
    std::string bytes;
    begin_tuple(bytes, 2);
    append_field(bytes, first);
    append_field(bytes, second);
    return bytes;
  }
  static std::string id(int number) { return "id-" + std::to_string(number); }

  backup::BackupHeader header;
  backup::BackupBatch batch;
};

/// The ids of the tasks and of the log rows that it is given.
struct Ids final : backup::BatchRows {
  void rows(std::size_t table, std::string_view tuples) override {
    TupleReader row(tuples);
    while (row.next()) ids[table].insert(std::string(row.fields().at(table == 0 ? 1 : 0).value()));
  }
  void json_row(std::size_t, std::string_view) override {}
  std::map<std::size_t, std::multiset<std::string>> ids;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(batch_parts, Batch)

BOOST_AUTO_TEST_CASE(each_row_is_in_one_part_and_a_log_where_its_task_is) {
  BatchParts parts(header, 3);
  std::string logs;
  for (int i = 0; i < 100; ++i) logs += row(id(i), "a") + row(id(i), "b");
  parts.rows(1, logs);
  for (int i = 0; i < 100; ++i) parts.rows(0, row("queued", id(i)));
  BOOST_REQUIRE(parts.fit());
  std::set<std::string> all;
  std::int64_t tasks = 0;
  for (std::size_t part = 0; part < parts.count(); ++part) {
    Ids given;
    parts.hand_over(part, given);
    BOOST_TEST(std::cmp_equal(given.ids[0].size(), parts.tasks(part)));
    BOOST_TEST(parts.tasks(part) > 10);
    for (const std::string& one : given.ids[0]) {
      BOOST_TEST(all.insert(one).second, one << " is in two parts");
      BOOST_TEST(given.ids[1].count(one) == 2, "the log of " << one << " is elsewhere");
    }
    BOOST_TEST(given.ids[1].size() == 2 * given.ids[0].size());
    tasks += parts.tasks(part);
    Ids again;
    parts.hand_over(part, again);
    BOOST_TEST(again.ids.empty());
  }
  BOOST_TEST(tasks == 100);
}

BOOST_AUTO_TEST_CASE(what_is_more_than_a_process_should_have_is_not_kept) {
  BatchParts parts(header, 2);
  const std::string megabyte(1 << 20, 'x');
  for (int i = 0; i < 40; ++i) parts.rows(1, row(id(i), megabyte));
  BOOST_TEST(!parts.fit());
  for (std::size_t part = 0; part < parts.count(); ++part) {
    Ids given;
    parts.hand_over(part, given);
    BOOST_TEST(given.ids.empty());
  }
}

BOOST_AUTO_TEST_CASE(only_tasks_with_their_logs_are_divided_and_only_if_they_were_deleted) {
  BOOST_TEST(BatchParts::can_divide(header, batch));
  backup::BackupBatch with_others = batch;
  with_others.rows[2] = 1;
  BOOST_TEST(!BatchParts::can_divide(header, with_others));
  backup::BackupBatch in_doubt = batch;
  in_doubt.fate = backup::BatchFate::uncertain;
  BOOST_TEST(!BatchParts::can_divide(header, in_doubt));
  backup::BackupHeader of_json = header;
  of_json.version = backup::kBackupVersionOfJson;
  BOOST_TEST(!BatchParts::can_divide(of_json, batch));
  backup::BackupHeader other_bytes = header;
  other_bytes.tables[1].columns[0].form = backup::ColumnForm::binary;
  BOOST_TEST(!BatchParts::can_divide(other_bytes, batch), "the id of a task has other bytes in its log");
  backup::BackupHeader without_key = header;
  without_key.tables[1].columns.erase(without_key.tables[1].columns.begin());
  BOOST_TEST(!BatchParts::can_divide(without_key, batch));
}

BOOST_AUTO_TEST_SUITE_END()

// One task and lists of them: what list and show read.
#include <boost/test/unit_test.hpp>

#include "queue.hpp"
#include "queue/filter/content_types.hpp"
#include "queue/task/failure.hpp"
#include "queue/task/logs.hpp"
#include "queue/task/task.hpp"
#include "queue/task/task_list.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct Looking : EmptyQueue {
  std::vector<queue::TaskLine> list(std::int64_t limit = 0, const queue::TaskFilter& filter = {},
                                    queue::Holders holders = queue::Holders::left_out) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    queue::Selection selection{.filter = filter, .as_of = transaction.now()};
    std::vector<queue::TaskLine> lines;
    queue::list_tasks(open, selection, limit, holders, [&](const queue::TaskLine& line) { lines.push_back(line); });
    return lines;
  }
  queue::TaskDetail detail(const std::string& id) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return queue::read_task(open, Uuid::parse(id).value());
  }
  std::vector<queue::LogLine> logs(const std::string& id, std::int64_t longest = 0) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    std::vector<queue::LogLine> lines;
    queue::read_logs(open, id, longest, [&](const queue::LogLine& line) { lines.push_back(line); });
    return lines;
  }
  bool has_log_table() { return database().referencing("authentik_tasks_tasklog") != nullptr; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(task, Looking)

BOOST_AUTO_TEST_CASE(newest_first_and_no_more_than_asked_for) {
  const std::string old = insert_task({.age_s = 300});
  const std::string young = insert_task({.age_s = 3});
  insert_task({.age_s = 30});
  const auto lines = list();
  BOOST_TEST(lines.size() == 3u);
  BOOST_TEST(lines.front().id == young);
  BOOST_TEST(lines.back().id == old);
  BOOST_TEST(list(1).size() == 1u);
  BOOST_TEST(list(1).front().id == young);
}

BOOST_AUTO_TEST_CASE(a_line_has_what_the_row_has) {
  insert_task({.queue = "default.XQ", .actor = "ü'\"%_\\\x1b[31m", .state = "rejected", .age_s = 90, .uid = "u"});
  const queue::TaskLine line = list().front();
  BOOST_TEST(line.queue == "default.XQ");
  BOOST_TEST(line.actor == "ü'\"%_\\\x1b[31m");
  BOOST_TEST(line.state == "rejected");
  BOOST_TEST(line.status == "rejected");
  BOOST_TEST(line.changed.value() == now() - 90 * kSecond);
  BOOST_TEST(line.uid == "u");
  BOOST_TEST(line.worst_level.empty());
}

BOOST_AUTO_TEST_CASE(what_the_admin_ui_calls_successful_can_be_hidden) {
  insert_task({.state = "done"});
  insert_task({.state = "done", .messages = R"([{"event": "e", "log_level": "error"}])"});
  insert_task({.state = "rejected"});
  insert_task({.state = "queued"});
  BOOST_TEST(list().size() == 4u);
  BOOST_TEST_MESSAGE("a release whose status looks at the log table does not see what is in the row");
  const bool by_row =
      database().task().has("_messages") && count("authentik_tasks_task", "aggregated_status = 'error'") == 1;
  BOOST_TEST(list(0, {.hide_successful = true}).size() == (by_row ? 3u : 2u));
}

BOOST_AUTO_TEST_CASE(the_worst_level_is_that_of_the_last_attempt) {
  if (!has_log_table()) {
    BOOST_TEST_MESSAGE("this release keeps the log in the task's row");
    insert_task({.state = "done",
                 .messages = R"([{"event": "a", "log_level": "info"}, {"event": "b", "log_level": "warning"}])"});
    BOOST_TEST(list().front().worst_level == "warning");
    return;
  }
  const std::string id = insert_task({.state = "done"});
  insert_log({.task = id, .level = "error", .previous = true});
  insert_log({.task = id, .level = "info"});
  insert_log({.task = id, .level = "warning"});
  BOOST_TEST(list().front().worst_level == "warning");
  insert_log({.task = id, .level = "critical"});
  BOOST_TEST(list().front().worst_level == "critical");
}

BOOST_AUTO_TEST_CASE(every_column_in_order) {
  const std::string id = insert_task({.state = "queued"});
  const queue::TaskDetail task = detail(id);
  const auto& columns = database().task().columns;
  BOOST_TEST(task.cells.size() == columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) BOOST_TEST(task.cells[i].column.name == columns[i].name);
  BOOST_TEST(session::text(task.value("message_id")) == id);
  BOOST_TEST(!task.taken);
  BOOST_TEST(!task.held);
  BOOST_TEST((failure_of([&] { detail("ffffffff-1111-4111-8111-000000000000"); }) == "not-found"));
}

BOOST_AUTO_TEST_CASE(a_message_that_is_no_pickle) {
  const std::string id = insert_task({.message = {{"b64", "/wECAw=="}}});
  const queue::TaskDetail task = detail(id);
  BOOST_TEST((task.message.form == queue::Message::Form::unknown));
  BOOST_TEST(task.message.beginning == "ff010203");
  BOOST_TEST(session::integer(task.value("message")) == 4);
  const queue::TaskDetail none = detail(insert_task({.message = nullptr}));
  BOOST_TEST((none.message.form == queue::Message::Form::empty));
  BOOST_TEST(none.value("message").is_null());
}

BOOST_AUTO_TEST_CASE(held_while_its_worker_lives) {
  const std::string id = insert_task({.state = "consumed"});
  worker.hold(id);
  BOOST_TEST(detail(id).held);
  worker.die();
  BOOST_TEST(detail(id).taken);
  BOOST_TEST(!detail(id).held);
}

BOOST_AUTO_TEST_CASE(the_log_oldest_first_and_cut_where_asked) {
  const std::string id = insert_task({.state = "done"});
  if (!has_log_table()) {
    BOOST_TEST_MESSAGE("this release keeps the log in the task's row");
    write({"UPDATE authentik_tasks_task SET _messages = $2, _previous_messages = $3 WHERE message_id = $1",
           {id,
            R"([{"event": "ü23456", "log_level": "info", "logger": "l", "timestamp": "2026-05-01T12:00:00Z",)"
            R"( "attributes": {"a": 1}}])",
            R"([{"event": "before", "log_level": "error"}])"}});
    const auto lines = logs(id);
    BOOST_TEST(lines.size() == 2u);
    BOOST_TEST(lines[0].previous);
    BOOST_TEST(lines[1].event == "ü23456");
    BOOST_TEST(lines[1].attributes == R"({"a":1})");
    return;
  }
  insert_log({.task = id, .event = std::string(10'000'000, 'x'), .level = "error"});
  insert_log({.task = id, .event = "ü23456", .attributes = R"({"a": 1})"});
  std::size_t whole = 0;
  for (const queue::LogLine& line : logs(id)) whole += line.event.size();
  BOOST_TEST(whole == 10'000'000u + 7);
  std::size_t cut = 0;
  for (const queue::LogLine& line : logs(id, 3)) {
    cut += line.event.size();
    BOOST_TEST(line.event_size == (line.level == "error" ? 10'000'000 : 6));
  }
  BOOST_TEST(cut == 3u + 4);
}

BOOST_AUTO_TEST_CASE(the_end_of_an_event_that_is_cut) {
  const std::string event = "ü" + std::string(10, 'x') + "éz";
  const std::string id =
      insert_task({.messages = has_log_table() ? "[]" : R"([{"event": ")" + event + R"(", "log_level": "error"}])"});
  insert_log({.task = id, .event = event});
  BOOST_TEST(logs(id, 3).front().event == "üxx");
  BOOST_TEST(logs(id, 3).front().ending == "xéz");
  BOOST_TEST(logs(id, 13).front().ending.empty());
  BOOST_TEST(logs(id).front().ending.empty());
}

BOOST_AUTO_TEST_CASE(why_a_task_failed) {
  const auto failure = [&](const std::string& id) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return queue::read_failure(open, queue::read_task(open, Uuid::parse(id).value()));
  };
  const std::string traceback =
      R"(Traceback (most recent call last):\n  File \"a\", line 1, in f\nOSError: gone)";  // as JSON has it
  const auto task = [&](const std::string& state) {
    const std::string id = insert_task(
        {.state = state,
         .messages = has_log_table() ? "[]" : R"([{"event": ")" + traceback + R"(", "log_level": "error"}])"});
    insert_log({.task = id, .event = "first", .level = "error", .previous = true});
    insert_log({.task = id,
                .event = "Traceback (most recent call last):\n  File \"a\", line 1, in f\nOSError: gone",
                .level = "error"});
    insert_log({.task = id, .event = "later"});
    return id;
  };
  const auto rejected = failure(task("rejected"));
  BOOST_REQUIRE(rejected.has_value());
  BOOST_TEST(rejected->what == "OSError: gone");
  BOOST_TEST((rejected->stage == queue::Failure::Stage::rejected));
  BOOST_TEST((failure(task("done"))->stage == queue::Failure::Stage::done));
  BOOST_TEST(!failure(task("queued")).has_value());  // it was never tried, whatever the log says
  const std::string fine = insert_task({.state = "done"});
  insert_log({.task = fine, .level = "error", .previous = true});
  BOOST_TEST(!failure(fine).has_value());
  BOOST_TEST(failure(insert_task({.state = "rejected"}))->what.empty());
  if (!offers(kTaskTable, "retries")) return;
  BOOST_TEST(rejected->tries.value() == 1);
  const std::string again = task("queued");
  write({"UPDATE authentik_tasks_task SET retries = 2 WHERE message_id = $1", {again}});
  BOOST_TEST((failure(again)->stage == queue::Failure::Stage::waiting));
  BOOST_TEST(failure(again)->tries.value() == 2);
}

BOOST_AUTO_TEST_CASE(rows_of_unknown_tables_are_counted) {
  const std::string id = insert_task();
  ExtraTable extra(*this, "authentik_tasks_extra",
                   "id integer PRIMARY KEY, task_id uuid NOT NULL REFERENCES authentik_tasks_task (message_id)");
  write({"INSERT INTO authentik_tasks_extra (id, task_id) VALUES (1, $1), (2, $1)", {id}});
  const queue::TaskDetail task = detail(id);
  bool seen = false;
  for (const auto& one : task.referenced) {
    if (one.table == "authentik_tasks_extra.task_id") seen = one.rows == 2;
  }
  BOOST_TEST(seen);
}

BOOST_AUTO_TEST_SUITE_END()

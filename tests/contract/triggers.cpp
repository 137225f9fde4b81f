// The effects of authentik's triggers that the plugin's figures and repairs rest on.
// What must differ: the replica's triggers run after the statement, so RETURNING shows the row before them; every case
// here, and the plugin, looks at the row afterwards. Notifications have no listener in the replica and no case here.
#include <boost/test/unit_test.hpp>

#include "queue.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

std::string levels(const std::vector<std::string>& words) {
  session::Value list = session::Value::array();
  for (const std::string& word : words) list.push_back({{"event", "x"}, {"log_level", word}});
  return list.dump();
}

struct Status : EmptyQueue {
  /// A task in `state`, with logs of these levels where the release's trigger looks for them.
  std::string insert(const std::string& state, const std::vector<std::string>& words) {
    if (!release().status_from_logs()) return insert_task({.state = state, .messages = levels(words)});
    const std::string id = insert_task({.messages = levels({"critical"})});  // looked at by nobody
    for (const std::string& word : words) insert_log({.task = id, .level = word});
    write({"UPDATE authentik_tasks_task SET state = $1 WHERE message_id = $2", session::Value::array({state, id})});
    return id;
  }
  std::string status(const std::string& state, const std::vector<std::string>& words) {
    return status_of(insert(state, words));
  }
  std::string status_of(const std::string& id) {
    return session::text(one({"SELECT t.aggregated_status FROM authentik_tasks_task AS t WHERE t.message_id = $1",
                              session::Value::array({id})}));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(triggers, Status)

BOOST_AUTO_TEST_CASE(the_status_is_the_state_until_a_task_is_done) {
  for (const char* state : {"queued", "consumed", "preprocess", "running", "postprocess", "rejected", "future_state"}) {
    BOOST_TEST(status(state, {"error"}) == state);
  }
}

BOOST_AUTO_TEST_CASE(of_a_done_task_it_is_the_worst_level) {
  BOOST_TEST(status("done", {}) == "done");
  BOOST_TEST(status("done", {"info"}) == "info");
  BOOST_TEST(status("done", {"info", "warning", "info"}) == "warning");
  BOOST_TEST(status("done", {"error", "warning", "info"}) == "error");
  BOOST_TEST(status("done", {"debug"}) == "done");
}

/// From 2025.10 on logs go to a table that the trigger does not look at, until 2026.8: there it looks, at
/// what belongs to this attempt, whenever the task is written.
BOOST_AUTO_TEST_CASE(log_rows_count_in_the_next_release_only) {
  const std::string id = insert_task({.state = "done"});
  if (!offers(kTaskLogTable)) {
    BOOST_TEST(status_of(id) == "done");
    return;
  }
  insert_log({.task = id, .level = "warning"});
  insert_log({.task = id, .level = "error", .previous = true});
  BOOST_TEST(status_of(id) == "done");
  write({"UPDATE authentik_tasks_task SET state = 'done'"});
  BOOST_TEST(status_of(id) == (release().status_from_logs() ? "warning" : "done"));
}

BOOST_AUTO_TEST_CASE(it_follows_each_update_and_can_not_be_written) {
  const std::string id = insert("queued", {"warning"});
  write({"UPDATE authentik_tasks_task SET state = 'done'"});
  BOOST_TEST(status_of(id) == "warning");
  write({"UPDATE authentik_tasks_task SET aggregated_status = 'queued'"});
  BOOST_TEST(status_of(id) == "warning");
  if (release().status_from_logs()) write({"DELETE FROM authentik_tasks_tasklog"});
  write({"UPDATE authentik_tasks_task SET _messages = '[]'"});
  BOOST_TEST(status_of(id) == "done");
  write({"UPDATE authentik_tasks_task SET state = 'queued'"});
  BOOST_TEST(status_of(id) == "queued");
}

BOOST_AUTO_TEST_CASE(rows_are_counted_once_whatever_triggers_do) {
  insert_many(10, "many");
  BOOST_TEST(write({"UPDATE authentik_tasks_task SET state = 'done'"}) == 10);
  BOOST_TEST(count("authentik_tasks_task", "aggregated_status = 'done'") == 10);
  BOOST_TEST(write({"DELETE FROM authentik_tasks_task"}) == 10);
}

BOOST_AUTO_TEST_CASE(pausing_a_schedule_sets_its_next_run_to_the_epoch) {
  const Timestamp next = now() + 600 * kSecond;
  insert_schedule("authentik.core.tasks.clean_expired_models", "*/5 * * * *", next);
  const auto next_run = [&] { return one({"SELECT s.next_run FROM authentik_tasks_schedules_schedule AS s"}); };
  BOOST_TEST(next_run() == session::Value(format_timestamp(next)));
  write({"UPDATE authentik_tasks_schedules_schedule SET paused = $1", session::Value::array({true})});
  BOOST_TEST(next_run() == session::Value("1970-01-01T00:00:00.000000Z"));
  // Already paused: a time that is written stays.
  write(
      {"UPDATE authentik_tasks_schedules_schedule SET next_run = $1", session::Value::array({format_timestamp(next)})});
  BOOST_TEST(next_run() == session::Value(format_timestamp(next)));
  // Resuming touches nothing.
  write({"UPDATE authentik_tasks_schedules_schedule SET paused = $1", session::Value::array({false})});
  BOOST_TEST(next_run() == session::Value(format_timestamp(next)));
}

BOOST_AUTO_TEST_CASE(a_schedule_that_is_inserted_paused_keeps_its_time) {
  const Timestamp next = now() + 600 * kSecond;
  insert_schedule("a", "0 0 * * *", next, true);
  BOOST_TEST(one({"SELECT s.next_run FROM authentik_tasks_schedules_schedule AS s"}) ==
             session::Value(format_timestamp(next)));
}

BOOST_AUTO_TEST_SUITE_END()

// Tasks counted by the last error of their log, by uid, by object, by queue.
#include "queue/measure/group_counts.hpp"

#include <boost/test/unit_test.hpp>

#include "queue.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct Grouping : EmptyQueue {
  queue::GroupCounts counts(queue::GroupBy by, const queue::TaskFilter& filter = {},
                            std::int64_t most = queue::kMostGroups) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return queue::count_groups(open, queue::selection_now(open, filter, transaction.now()), by, most);
  }
  /// `name tasks, name tasks`.
  static std::string words(const queue::GroupCounts& counts) {
    std::string text;
    for (const queue::AlikeTasks& group : counts.groups)
      text += (text.empty() ? "" : ", ") + group.name + " " + std::to_string(group.tasks);
    return text;
  }
  /// A task whose log has this error, in whichever place the release keeps it.
  std::string failed(const std::string& event, const std::string& state = "rejected") {
    const session::Value line{{"event", event}, {"log_level", "error"}, {"timestamp", "2026-05-01T12:00:00Z"}};
    const std::string id =
        insert_task({.state = state, .messages = has_logs() ? "[]" : session::Value::array({line}).dump()});
    insert_log({.task = id, .event = event, .level = "error"});
    return id;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(group_counts, Grouping)

BOOST_AUTO_TEST_CASE(errors_that_differ_by_ids_and_numbers_are_one) {
  failed("connection to 10.0.0.1 refused");
  failed("connection to 10.0.0.25 refused", "done");
  failed("Traceback (most recent call last):\n  File \"a\", line 1, in f\nOSError: [Errno 111] gone");
  insert_log({.task = insert_task({.state = "done"}), .event = "Task finished"});
  insert_task();
  const queue::GroupCounts seen = counts(queue::GroupBy::error);
  BOOST_TEST(words(seen) == "connection to <n>.<n>.<n>.<n> refused 2, OSError: [Errno <n>] gone 1");
  BOOST_TEST(seen.tasks == 3);
  BOOST_TEST(seen.ungrouped == 0);
  BOOST_TEST(seen.groups.front().states.size() == 2u);
  BOOST_TEST(seen.groups.front().oldest.value() == now() - 3600 * kSecond);
  BOOST_TEST(words(counts(queue::GroupBy::error, {.states = {"done"}})) == "connection to <n>.<n>.<n>.<n> refused 1");
}

BOOST_AUTO_TEST_CASE(the_last_error_counts_with_its_class) {
  if (!offers(kTaskLogTable)) return;
  const std::string id = insert_task({.state = "done"});
  insert_log({.task = id, .event = "first", .level = "error", .previous = true});
  insert_log({.task = id,
              .event = "no answer",
              .level = "critical",
              .attributes = R"({"exception": [{"exc_type": "OutpostError", "exc_value": "no answer"}]})"});
  insert_log({.task = id, .event = "just so"});
  insert_log({.task = insert_task(), .event = "odd", .level = "error", .attributes = R"({"exception": "text"})"});
  BOOST_TEST(words(counts(queue::GroupBy::error)) == "OutpostError: no answer 1, odd 1");
}

/// Of a long event the end is compared as well, where a traceback has its exception.
BOOST_AUTO_TEST_CASE(a_long_traceback_is_read_at_its_end) {
  std::string traceback = "Traceback (most recent call last):\n";
  for (int i = 0; i < 100; ++i) traceback += "  File \"/ak/some/where.py\", line " + std::to_string(i) + ", in f\n";
  failed(traceback + "OSError: gone");
  BOOST_TEST(words(counts(queue::GroupBy::error)) == "OSError: gone 1");
}

BOOST_AUTO_TEST_CASE(by_uid_object_and_queue) {
  insert_worker("authentik-worker-0", 5);
  const std::string one = insert_task({.state = "running", .age_s = 30, .uid = "u"});
  insert_task({.queue = "other", .age_s = 20, .uid = "u"});
  insert_task({.age_s = 10});
  worker.hold(one);
  const std::int64_t outpost =
      session::integer(this->one({"SELECT c.id FROM django_content_type AS c WHERE c.app_label = $1 AND c.model = $2",
                                  {"authentik_outposts", "outpost"}}));
  write({"UPDATE authentik_tasks_task SET rel_obj_id = '22', rel_obj_content_type_id = " + std::to_string(outpost) +
             " WHERE message_id = $1",
         {one}});
  const queue::GroupCounts uids = counts(queue::GroupBy::uid);
  BOOST_TEST(words(uids) == "u 2,  1");
  BOOST_TEST(uids.groups.front().held == 1);
  BOOST_TEST(uids.tasks == 3);
  BOOST_TEST(words(counts(queue::GroupBy::object)) == " 2, authentik_outposts.outpost/22 1");
  BOOST_TEST(words(counts(queue::GroupBy::queue)) == "default 2, other 1");
}

BOOST_AUTO_TEST_CASE(what_is_not_read_is_said) {
  for (const char* const uid : {"a", "a", "b", "c"}) insert_task({.uid = uid});
  const queue::GroupCounts seen = counts(queue::GroupBy::uid, {}, 2);
  BOOST_TEST(words(seen) == "a 2, b 1");
  BOOST_TEST(seen.tasks == 4);
  BOOST_TEST(seen.ungrouped == 1);
  BOOST_TEST(counts(queue::GroupBy::uid, {.states = {"done"}}).groups.empty());
}

BOOST_AUTO_TEST_SUITE_END()

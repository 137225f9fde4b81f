#include "queue/filter/task_condition.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

using namespace akqueue;
using namespace akqueue::queue;

namespace {

TaskFilter everything_given() {
  return {.queues = {"default"},
          .states = {"queued", "error"},
          .actors = {"a.b.c"},
          .uids = {"u"},
          .objects = {{{}, "7", "outpost/7"}},
          .tenants = {"t"},
          .ids = {},
          .older_than_s = 3600,
          .newer_than_s = 7200,
          .log_text = "timed out",
          .expired_after_s = 30 * 86400,
          .log_level = "error",
          .held = true,
          .orphaned = true,
          .holders = {{"worker-1", {"10.0.0.1"}}},
          .hide_successful = true,
          .keep_newest = 2,
          .limit = 5};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(task_condition)

BOOST_AUTO_TEST_CASE(a_row_says_all_that_a_condition_is) {
  std::set<std::string_view> options;
  for (const TaskCondition& row : task_conditions()) {
    BOOST_TEST_CONTEXT("--" << row.option.name) {
      BOOST_TEST((row.given != nullptr && row.words != nullptr && row.sql != nullptr));
      if (row.option.name.empty()) continue;
      BOOST_TEST(options.insert(row.option.name).second);
      BOOST_TEST((row.typed != nullptr && row.resolve != nullptr && row.document != nullptr));
      // A file's tasks are judged one by one, or the condition is refused; a limit only counts them.
      BOOST_TEST((row.holds != nullptr || row.check_file != nullptr || row.option.name == "limit"));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_sentence_has_an_order_of_its_own) {
  BOOST_TEST(in_words(everything_given()) ==
             "unsuccessful expired (over 30d old) held orphaned queued and error tasks of a.b.c with uid u about "
             "outpost/7 in queue "
             "default of tenant t, with 'timed out' in the log, with error or worse in the last log, older than 1h, "
             "newer than 2h, held by worker-1, without the newest 2 of "
             "each actor and object, only the oldest 5");
  BOOST_TEST(in_words({}) == "tasks");
  const Uuid id = Uuid::parse("11111111-2222-4333-8444-555555555555").value();
  BOOST_TEST(in_words({.states = {"queued", "error"}, .ids = {id}}) ==
             "queued or error task 11111111-2222-4333-8444-555555555555");
}

BOOST_AUTO_TEST_CASE(a_document_has_what_was_given) {
  Json document = json_of_filter(everything_given());
  document.erase("words");
  BOOST_TEST(document.dump() ==
             R"({"queues":["default"],"states":["queued","error"],"actors":["a.b.c"],"ids":0,"uids":["u"],)"
             R"("objects":["outpost/7"],"tenants":["t"],"older_than_s":3600,"newer_than_s":7200,"log":"timed out",)"
             R"("log_level":"error","held":true,"orphaned":true,"holders":["worker-1"],)"
             R"("expired":true,"kept_for_s":2592000,"keep_newest":2,"limit":5})");
  BOOST_TEST(json_of_filter({}).dump() == R"({"words":"tasks","queues":[],"states":[],"actors":[],"ids":0})");
}

BOOST_AUTO_TEST_CASE(a_queue_and_a_state_are_taken_whole) {
  BOOST_TEST((TaskFilter{.queues = {"default"}, .states = {"queued"}}.selects_everything()));
  BOOST_TEST((!TaskFilter{.limit = 1}.selects_everything()));
  BOOST_TEST((!TaskFilter{.hide_successful = true}.selects_everything()));
  BOOST_TEST(TaskChoice().empty());
  BOOST_TEST(!TaskChoice{.queues = {"default"}}.empty());
}

BOOST_AUTO_TEST_CASE(a_task_in_a_file_is_judged_by_what_was_typed) {
  const BackupTask task{.id = "11111111-2222-4333-8444-555555555555",
                        .queue = "default",
                        .actor = "a.b.c",
                        .state = "queued",
                        .uid = "u",
                        .object_id = "7",
                        .tenant = "abcd-1",
                        .changed = 0};
  const auto holds = [&](const TaskChoice& choice) {
    const FileScope scope{task, false, 3600 * kSecond};
    for (const TaskCondition& row : task_conditions()) {
      if (row.holds != nullptr && row.typed(choice) && !row.holds(choice, scope)) return false;
    }
    return true;
  };
  BOOST_TEST(holds({}));
  BOOST_TEST((holds({.queues = {"default"}, .uids = {"a.b.c:u"}, .tenants = {"ABCD"}, .older_than_s = 60})));
  for (const TaskChoice& other :
       {TaskChoice{.queues = {"x"}}, TaskChoice{.states = {"done"}}, TaskChoice{.actors = {"b.c"}},
        TaskChoice{.uids = {"v"}}, TaskChoice{.objects = {"8"}}, TaskChoice{.tenants = {"b"}},
        TaskChoice{.id_beginnings = {"2222"}}, TaskChoice{.older_than_s = 3600}, TaskChoice{.newer_than_s = 60},
        TaskChoice{.log_text = "timed out"}, TaskChoice{.log_level = "error"}})
    BOOST_TEST(!holds(other));
}

BOOST_AUTO_TEST_CASE(a_level_means_the_worse_ones_too) {
  BOOST_TEST((levels_from("error") == std::vector<std::string>{"error", "critical"}));
  BOOST_TEST(levels_from("debug").size() == 5u);
  BOOST_CHECK_THROW(levels_from("eror"), Error);
}

BOOST_AUTO_TEST_SUITE_END()

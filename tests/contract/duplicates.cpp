// find_duplicates(): what is alike, and which of them stays.
#include "queue/change/duplicates.hpp"
#include "kept.hpp"

using namespace akqueue;
using namespace akqueue::contract;
using queue::KeptDuplicate;

namespace {

// Pickles of {"queue_name": "default", "actor_name": "a", "args": (ARG,), "kwargs": {}, "options": {}, "message_id":
// ID, "message_timestamp": N}: of the first two ARG is 1, of the third it is "1".
const session::Value kOne{{"b64",
                           "gASVdgAAAAAAAAB9lCiMCnF1ZXVlX25hbWWUjAdkZWZhdWx0lIwKYWN0b3JfbmFtZZSMAWGUjARhcmdzlEsBhZSMBmt"
                           "3YXJnc5R9lIwHb3B0aW9uc5R9lI"
                           "wKbWVzc2FnZV9pZJSMAXiUjBFtZXNzYWdlX3RpbWVzdGFtcJRLAXUu"}};
const session::Value kOneLater{{"b64",
                                "gASVdgAAAAAAAAB9lCiMCnF1ZXVlX25hbWWUjAdkZWZhdWx0lIwKYWN0b3JfbmFtZZSMAWGUjARhcmdzlEsBhZ"
                                "SMBmt3YXJnc5R9lIwHb3B0aW9uc5R9lI"
                                "wKbWVzc2FnZV9pZJSMAXmUjBFtZXNzYWdlX3RpbWVzdGFtcJRLAnUu"}};
const session::Value kTextOne{{"b64",
                               "gASVeAAAAAAAAAB9lCiMCnF1ZXVlX25hbWWUjAdkZWZhdWx0lIwKYWN0b3JfbmFtZZSMAWGUjARhcmdzlIwBMZS"
                               "FlIwGa3dhcmdzlH2UjAdvcHRpb25zlH"
                               "2UjAptZXNzYWdlX2lklIwBeJSMEW1lc3NhZ2VfdGltZXN0YW1wlEsBdS4="}};
const session::Value kNoPickle{{"b64", "gASVAAAA"}};

struct DuplicateTasks : Kept {
  queue::Duplicates found(KeptDuplicate keep = KeptDuplicate::newest, queue::TaskFilter filter = {}) {
    if (filter.states.empty()) filter.states = {"queued"};
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return queue::find_duplicates(open, filter, keep, transaction.now());
  }
  std::vector<std::string> ids(KeptDuplicate keep = KeptDuplicate::newest, const queue::TaskFilter& filter = {}) {
    std::vector<std::string> texts;
    for (const Uuid& id : found(keep, filter).ids) texts.push_back(id.to_string());
    return texts;
  }
  std::string task(const session::Value& message, std::int64_t age_s, const session::Value& uid = nullptr,
                   const std::string& actor = "a") {
    return insert_task({.actor = actor, .state = "queued", .age_s = age_s, .message = message, .uid = uid});
  }
};

using Ids = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(duplicates, DuplicateTasks)

BOOST_AUTO_TEST_CASE(with_a_uid_the_message_does_not_matter) {
  const std::string oldest = task(kOne, 300, "u");
  const std::string middle = task(kTextOne, 200, "u");
  const std::string newest = task(kNoPickle, 100, "u");
  task(kOne, 100, "v");
  task(kOne, 100, "u", "b");
  BOOST_TEST(ids() == (Ids{oldest, middle}), boost::test_tools::per_element());
  BOOST_TEST(ids(KeptDuplicate::oldest) == (Ids{middle, newest}), boost::test_tools::per_element());
  BOOST_TEST(found().compared == 0);
  BOOST_TEST(ids(KeptDuplicate::newest, {.actors = {"b"}}).empty());
}

BOOST_AUTO_TEST_CASE(without_a_uid_the_arguments_decide) {
  const std::string older = task(kOne, 300);
  const std::string newer = task(kOneLater, 200);
  task(kTextOne, 100);
  task(kNoPickle, 90);
  task(kNoPickle, 80);
  task(kOne, 70, nullptr, "b");
  BOOST_TEST(ids() == Ids{older}, boost::test_tools::per_element());
  BOOST_TEST(ids(KeptDuplicate::oldest) == Ids{newer}, boost::test_tools::per_element());
  const queue::Duplicates all = found();
  BOOST_TEST(all.compared == 5);
  BOOST_TEST(all.unreadable == 2);
}

BOOST_AUTO_TEST_CASE(another_object_is_another_task) {
  const std::string one = task(kOne, 300);
  task(kOne, 200);
  write({"UPDATE authentik_tasks_task SET rel_obj_id = 'x' WHERE message_id = $1", session::Value::array({one})});
  BOOST_TEST(ids().empty());
}

BOOST_AUTO_TEST_CASE(other_states_are_not_looked_at) {
  const std::string older = task(kOne, 300);
  set(task(kOne, 200), "state", "rejected");
  BOOST_TEST(ids().empty());
  BOOST_TEST(ids(KeptDuplicate::newest, {.states = {"queued", "rejected"}}) == Ids{older},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(none_found_is_none_chosen) {
  task(kOne, 300);
  const session::Database open = database();
  const session::Transaction transaction(*session, kReading);
  queue::TaskFilter filter{.states = {"queued"}};
  filter.duplicates = KeptDuplicate::newest;
  const queue::Selection selection = queue::pin(open, filter, transaction.now());
  BOOST_TEST(queue::count_selection(open, selection).total() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

// The grammar that chooses tasks: each condition, what names mean, what is kept and what a limit allows.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "deletions.hpp"
#include "queue/filter/typed_filter.hpp"
#include "queue/task/task_list.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

using Ids = std::vector<std::string>;

struct Choosing : Deletions {
  /// The ids that a choice means, newest first.
  Ids chosen(const queue::TaskChoice& choice) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    const queue::Selection selection = queue::pin(open, queue::resolve(open, choice), transaction.now());
    Ids ids;
    queue::list_tasks(open, selection, 0, queue::Holders::left_out,
                      [&](const queue::TaskLine& task) { ids.push_back(task.id); });
    return ids;
  }
  std::string failure(const queue::TaskChoice& choice) {
    return failure_of([&] { chosen(choice); });
  }
  std::int64_t set(const std::string& id, const std::string& assignment) {
    return write({"UPDATE authentik_tasks_task SET " + assignment + " WHERE message_id = $1", {id}});
  }
  std::int64_t kind(const std::string& app, const std::string& model) {
    return session::integer(
        one({"SELECT c.id FROM django_content_type AS c WHERE c.app_label = $1 AND c.model = $2", {app, model}}));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(selection, Choosing)

BOOST_AUTO_TEST_CASE(ages_on_both_sides) {
  const std::string old = insert_task({.age_s = 7200});
  const std::string young = insert_task({.age_s = 60});
  BOOST_TEST(chosen({.older_than_s = 3600}) == Ids{old}, boost::test_tools::per_element());
  BOOST_TEST(chosen({.newer_than_s = 3600}) == Ids{young}, boost::test_tools::per_element());
  BOOST_TEST(chosen({.older_than_s = 3600, .newer_than_s = 3600}).empty());
}

BOOST_AUTO_TEST_CASE(uids_with_and_without_the_actor) {
  const std::string one = insert_task({.actor = "a.b", .uid = "it's \"1\" %_\\"});
  insert_task({.actor = "a.b", .uid = "other"});
  insert_task({.actor = "a.b"});
  BOOST_TEST(chosen({.uids = {"it's \"1\" %_\\"}}) == Ids{one}, boost::test_tools::per_element());
  BOOST_TEST(chosen({.uids = {"a.b:it's \"1\" %_\\"}}) == Ids{one}, boost::test_tools::per_element());
  BOOST_TEST(chosen({.uids = {"%"}}).empty());
}

BOOST_AUTO_TEST_CASE(objects_by_kind_and_id) {
  const std::string one = insert_task({.age_s = 30});
  const std::string two = insert_task({.age_s = 20});
  insert_task({.age_s = 10});
  const std::int64_t outpost = kind("authentik_outposts", "outpost");
  set(one, "rel_obj_id = '11111111-2222-4333-8444-555555555555', rel_obj_content_type_id = " + std::to_string(outpost));
  set(two, "rel_obj_id = '22', rel_obj_content_type_id = " + std::to_string(outpost));
  BOOST_TEST(chosen({.objects = {"outpost"}}) == (Ids{two, one}), boost::test_tools::per_element());
  BOOST_TEST(chosen({.objects = {"authentik_outposts.outpost"}}) == (Ids{two, one}), boost::test_tools::per_element());
  BOOST_TEST(chosen({.objects = {"outpost/22"}}) == Ids{two}, boost::test_tools::per_element());
  BOOST_TEST(chosen({.objects = {"11111111-2222-4333-8444-555555555555"}}) == Ids{one},
             boost::test_tools::per_element());
  BOOST_TEST(chosen({.objects = {"22", "outpost/nothing"}}) == Ids{two}, boost::test_tools::per_element());
  BOOST_TEST(failure({.objects = {"outpots"}}) == "usage");
  BOOST_TEST(failure({.objects = {"outpost/"}}) == "usage");
}

BOOST_AUTO_TEST_CASE(tenants_by_name_and_id) {
  const std::string id = insert_task();
  if (!database().task().has("tenant_id")) {
    BOOST_TEST_MESSAGE("this release has no tenants: --tenant must be refused by name");
    BOOST_TEST(failure({.tenants = {"Default"}}) == "unsupported");
    return;
  }
  const std::string tenant = session::text(one({"SELECT t.tenant_id FROM authentik_tasks_task AS t"}));
  for (const std::string& written : {std::string("Default"), std::string("public"), tenant, tenant.substr(0, 8)}) {
    BOOST_TEST(chosen({.tenants = {written}}) == Ids{id}, boost::test_tools::per_element());
  }
  BOOST_TEST(failure({.tenants = {"Defautl"}}) == "usage");
  if (peer.is_postgres())
    write({"ALTER TABLE authentik_tenants_tenant DROP CONSTRAINT IF EXISTS authentik_tenants_tenant_name_key"});
  write(
      {"INSERT INTO authentik_tenants_tenant (tenant_uuid, schema_name, name, ready) VALUES "
       "('0fffffff-0000-4000-8000-000000000000', 't_two', 'Default', true)"});
  const std::string ambiguous = failure({.tenants = {"Default"}});
  const std::string other = insert_task({.age_s = 1});
  set(other, "tenant_id = '0fffffff-0000-4000-8000-000000000000'");
  const Ids of_two = chosen({.tenants = {"t_two"}});
  const Ids of_both = chosen({.tenants = {"t_two", tenant}});
  write({"DELETE FROM authentik_tasks_task WHERE message_id = $1", {other}});
  write({"DELETE FROM authentik_tenants_tenant WHERE schema_name = 't_two'"});
  BOOST_TEST(ambiguous == "usage");
  BOOST_TEST(of_two == Ids{other}, boost::test_tools::per_element());
  BOOST_TEST(of_both == (Ids{other, id}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(log_text_in_either_case) {
  if (database().referencing("authentik_tasks_tasklog") == nullptr) {
    BOOST_TEST_MESSAGE("this release keeps the log in the task's row");
    const std::string one =
        insert_task({.messages = R"([{"event": "Connection TIMED out: 100% \"lost\"", "log_level": "error"}])"});
    insert_task({.messages = R"([{"event": "Task finished", "log_level": "info"}])"});
    BOOST_TEST(chosen({.log_text = "timed OUT"}) == Ids{one}, boost::test_tools::per_element());
    BOOST_TEST(chosen({.log_text = "100% \"lost\""}) == Ids{one}, boost::test_tools::per_element());
    return;
  }
  const std::string one = insert_task();
  const std::string two = insert_task();
  insert_log({.task = one, .event = "Connection TIMED out: 100% \"lost\""});
  insert_log({.task = one, .event = "timed out again"});
  insert_log({.task = two, .event = "Task finished"});
  BOOST_TEST(chosen({.log_text = "timed OUT"}) == Ids{one}, boost::test_tools::per_element());
  BOOST_TEST(chosen({.log_text = "100% \"lost\""}) == Ids{one}, boost::test_tools::per_element());
  BOOST_TEST(chosen({.log_text = "100_"}).empty());
}

BOOST_AUTO_TEST_CASE(the_worst_level_of_the_last_attempt) {
  const auto logged = [&](const std::string& level, bool previous = false) {
    const bool in_rows = has_logs();
    const std::string id =
        insert_task({.state = "done",
                     .messages = in_rows || previous ? "[]" : R"([{"event": "e", "log_level": ")" + level + R"("}])"});
    insert_log({.task = id, .level = level, .previous = previous});
    return id;
  };
  logged("info");
  logged("critical", true);
  insert_task({.state = "done"});
  const std::string warned = logged("warning");
  const std::string failed = logged("error");
  const std::string worst = logged("critical");
  const auto sorted = [&](const std::string& level) {
    Ids ids = chosen({.log_level = level});
    std::ranges::sort(ids);
    return ids;
  };
  BOOST_TEST(sorted("error") == (Ids{failed, worst}), boost::test_tools::per_element());
  BOOST_TEST(sorted("warning") == (Ids{warned, failed, worst}), boost::test_tools::per_element());
  BOOST_TEST(sorted("debug").size() == 4u);
}

/// As authentik's own purge has it, which takes rejected ones as well.
BOOST_AUTO_TEST_CASE(expired_ones_are_what_the_purge_would_take) {
  constexpr std::int64_t kDay = 86400;
  const auto ended = [&](const char* state, std::int64_t age_s, const char* result_expiry) {
    const std::string id = insert_task({.state = state, .age_s = age_s});
    set(id, std::string("result_expiry = ") + result_expiry);
    return id;
  };
  const std::string old = ended("done", 31 * kDay, "'2020-01-01T00:00:00Z'");
  const std::string rejected = ended("rejected", 31 * kDay, "'2020-01-01T00:00:00Z'");
  ended("done", 29 * kDay, "'2020-01-01T00:00:00Z'");    // its result has expired, and it is kept still
  ended("done", 31 * kDay, "'2999-01-01T00:00:00Z'");    // its result is kept for longer
  ended("done", 31 * kDay, "NULL");                      // never purged
  ended("queued", 31 * kDay, "'2020-01-01T00:00:00Z'");  // not finished
  BOOST_TEST(chosen({.expired = true, .kept_for_s = 30 * kDay}) == Ids{old}, boost::test_tools::per_element());
  BOOST_TEST(chosen({.states = {"rejected"}, .expired = true, .kept_for_s = 30 * kDay}) == Ids{rejected},
             boost::test_tools::per_element());
  BOOST_TEST(chosen({.expired = true, .kept_for_s = 32 * kDay}).empty());
}

BOOST_AUTO_TEST_CASE(the_newest_of_each_actor_and_object_stay) {
  insert_schedule("b", "0 * * * *", now());
  const std::string a1 = insert_task({.actor = "a", .age_s = 30, .uid = "1"});
  const std::string a2 = insert_task({.actor = "a", .age_s = 20, .uid = "1"});
  insert_task({.actor = "a", .age_s = 10, .uid = "1"});
  insert_task({.actor = "a", .age_s = 40, .uid = "2"});
  const std::string b1 = insert_task({.actor = "b", .age_s = 50});
  insert_task({.actor = "b", .age_s = 45});
  BOOST_TEST(chosen({.keep_newest = 1}) == (Ids{a2, a1, b1}), boost::test_tools::per_element());
  BOOST_TEST(chosen({.keep_newest = 2}) == Ids{a1}, boost::test_tools::per_element());
  BOOST_TEST(chosen({.actors = {"b"}, .keep_newest = 1}) == Ids{b1}, boost::test_tools::per_element());
  BOOST_TEST(chosen({.keep_newest = 3}).empty());
  BOOST_TEST(chosen({.keep_newest = 1, .limit = 2}) == (Ids{a1, b1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(tasks_that_may_be_about_different_things_are_never_taken_for_copies) {
  insert_task({.actor = "mail", .age_s = 30});
  insert_task({.actor = "mail", .age_s = 20});
  const std::string one = insert_task({.actor = "dispatch", .age_s = 30});
  const std::string two = insert_task({.actor = "dispatch", .age_s = 20});
  set(one, "rel_obj_id = 'event-1'");
  set(two, "rel_obj_id = 'event-2'");
  insert_task({.queue = "default.DQ", .actor = "dispatch", .age_s = 10, .uid = "u"});
  insert_task({.actor = "dispatch", .age_s = 5, .uid = "u"});
  BOOST_TEST(chosen({.keep_newest = 1}).empty());
}

BOOST_AUTO_TEST_CASE(a_limit_takes_the_oldest) {
  const std::string first = insert_task({.age_s = 30});
  const std::string second = insert_task({.age_s = 20});
  const std::string third = insert_task({.age_s = 10});
  BOOST_TEST(chosen({.limit = 1}) == Ids{first}, boost::test_tools::per_element());
  BOOST_TEST(chosen({.limit = 2}) == (Ids{second, first}), boost::test_tools::per_element());
  BOOST_TEST(chosen({.limit = 3}).size() == 3u);
  BOOST_TEST(chosen({.limit = 4}) == (Ids{third, second, first}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_limit_is_exact_among_equals) {
  insert_many(100, "a");
  BOOST_TEST(chosen({.limit = 37}).size() == 37u);
}

BOOST_AUTO_TEST_CASE(ids_by_their_beginning) {
  insert_task({.id = "0aaaaaaa-1111-4111-8111-000000000001"});
  const std::string other = insert_task({.id = "0aaaaaab-1111-4111-8111-000000000001"});
  BOOST_TEST(chosen({.id_beginnings = {"0AAAAAAB"}}) == Ids{other}, boost::test_tools::per_element());
  BOOST_TEST(failure({.id_beginnings = {"0aaa"}}) == "usage");
  BOOST_TEST(failure({.id_beginnings = {"ffff"}}) == "not-found");
  BOOST_TEST(failure({.id_beginnings = {"xyz1"}}) == "usage");
}

BOOST_AUTO_TEST_CASE(what_is_kept_stays_through_a_deletion) {
  insert_schedule("a", "0 * * * *", now());
  insert_many(3000, "a");
  insert_many(3000, "b", 0, "0bbbbbbb");
  const std::int64_t before = tasks();
  queue::DeletionPlan given = orders();
  {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    given.selection = queue::pin(open, {.actors = {"a"}, .keep_newest = 10}, transaction.now());
  }
  check_complete(run(given), 2990);
  BOOST_TEST(tasks("actor_name = 'a'") == 10);
  BOOST_TEST(tasks() == before - 2990);
}

BOOST_AUTO_TEST_CASE(a_limited_deletion_takes_exactly_the_oldest) {
  for (int i = 0; i < 30; ++i) insert_task({.age_s = 1000 - i});
  queue::DeletionPlan given = orders();
  Ids previewed;
  {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    given.selection = queue::pin(open, {.limit = 12}, transaction.now());
    given.expected = queue::count_selection(open, given.selection).total();
    queue::list_tasks(open, given.selection, 0, queue::Holders::left_out,
                      [&](const queue::TaskLine& task) { previewed.push_back(task.id); });
  }
  const queue::DeletionResult result = run(given);
  check_complete(result, 12);
  BOOST_TEST(result.remaining == 0);
  BOOST_TEST(tasks() == 18);
  for (const std::string& id : previewed) BOOST_TEST(tasks("message_id = '" + id + "'") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

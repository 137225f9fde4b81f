#include <boost/test/unit_test.hpp>
#include <fstream>
#include <numeric>

#include "scenario/for_release.hpp"
#include "scenario/task_groups.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;

namespace {

/// What is wrong with a scenario of this text, and the hint after `|`.
std::string fault(const std::string& fields) {
  try {
    read_scenario("{\"title\": \"t\", " + fields + "}", "x.json");
  } catch (const Error& error) {
    return std::string(error.what()) + (error.hint().empty() ? "" : " | " + error.hint());
  }
  return "none";
}

std::string task(const std::string& fields) {
  return R"("tasks": [{"actor": "a", "state": "queued", "count": 1}, {)" + fields + "}]";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scenario)

BOOST_AUTO_TEST_CASE(messages_name_file_and_field) {
  BOOST_TEST(fault("\"story\": \"s\"") == "none");
  BOOST_TEST(fault(task(R"("actor": "a", "state": "queued", "share": 1.5)")) ==
             "x.json: tasks[1].share: must be a number from 0 to 1");
  BOOST_TEST(fault(task(R"("actor": "a", "state": "queue", "count": 1)"))
                 .starts_with("x.json: tasks[1].state: must be one of waiting_for_dependencies, queued, "));
  BOOST_TEST(fault(task(R"("actor": "a", "state": "queue", "count": 1)")).ends_with("| did you mean queued?"));
  BOOST_TEST(fault(task(R"("state": "queued", "count": 1)")) == "x.json: tasks[1].actor: is missing");
  BOOST_TEST(fault(task(R"("actor": "a", "state": "queued")")) == "x.json: tasks[1].share: is missing (or count)");
  BOOST_TEST(fault(task(R"("actor": "a", "state": "queued", "count": 1, "share": 0.5)")) ==
             "x.json: tasks[1].count: can't be given together with share");
  BOOST_TEST(fault(task(R"("actor": "a", "state": "queued", "count": -1)")) ==
             "x.json: tasks[1].count: must be a whole number from 0 to 100000000");
  BOOST_TEST(fault(task(R"("actor": "a", "state": "queued", "count": 1, "age": ["2h", "1h"])")) ==
             "x.json: tasks[1].age: must be two durations like [\"5m\", \"2h\"], the shorter first");
  BOOST_TEST(fault(task(R"("actor": "a", "state": "queued", "count": 1, "held": true)")) ==
             "x.json: tasks[1].held: must be false for a task that is queued");
  BOOST_TEST(fault(task(R"("actor": "a", "state": "done", "count": 1, "logs": ["a", {"event": "b", "level": "loud"}])"))
                 .starts_with("x.json: tasks[1].logs[1].level: must be one of debug"));
  BOOST_TEST(fault(task(R"("actor": "a", "state": "queued", "count": 1, "object": {"model": "user"})")) ==
             "x.json: tasks[1].object.model: must be an app and a model like \"authentik_outposts.outpost\"");
  BOOST_TEST(fault(R"("schedules": [{"actor": "a", "crontab": "61 * * * *"}])") ==
             "x.json: schedules[0].crontab: must be five fields like \"13 * * * *\"");
  BOOST_TEST(fault(R"("pods": [{"component": "server", "ready": 1}])") ==
             "x.json: pods[0].ready: must be true or false");
  BOOST_TEST(fault(R"("tasks": {})") == "x.json: tasks: must be an array");
  BOOST_TEST(fault(R"("tasks": [7])") == "x.json: tasks[0]: must be an object");
  BOOST_TEST(fault(R"("now": "today")") == "x.json: now: must be a time like \"2026-05-01T12:00:00Z\"");
  BOOST_TEST(fault(R"("tasks_total": 10, "tasks": [{"actor": "a", "state": "done", "share": 0.5}])") ==
             "x.json: tasks: the shares must add up to 1");
}

BOOST_AUTO_TEST_CASE(a_state_may_be_one_that_nobody_has_heard_of) {
  BOOST_TEST(fault(task(R"("actor": "a", "state": "parked", "count": 1)")) == "none");
  BOOST_TEST(fault(task(R"("actor": "a", "state": "waiting_for_dependency", "count": 1)"))
                 .ends_with("| did you mean waiting_for_dependencies?"));
}

BOOST_AUTO_TEST_CASE(names_that_can_not_be_had_are_refused) {
  BOOST_TEST(fault(R"("schema": "authentik_main")") == "none");
  BOOST_TEST(fault(R"("schema": "pg_mine")") == "x.json: schema: must be another name: databases reserve this one");
  BOOST_TEST(fault(R"("tenants": 0)") == "x.json: tenants: must be a whole number from 1 to 1000");
  BOOST_TEST(fault(R"("extra_tables": [{"table": "Mine", "rows": 1}])") ==
             "x.json: extra_tables[0].table: must be a name of lower-case letters, digits and _");
  BOOST_TEST(fault(R"("extra_tables": [{"table": "a"}, {"table": "a"}])") ==
             "x.json: extra_tables[1].table: is already a table");
}

BOOST_AUTO_TEST_CASE(another_release_brings_its_own_version) {
  const Scenario calm = find_scenario("calm");
  BOOST_TEST(fitted(calm, read_schema(calm.release)).version == "2025.12.4");
  Scenario own = calm;
  own.version = "2025.10.1";
  BOOST_TEST(with_release(own, "2025.10").version == "2025.10.1");
  BOOST_TEST(fitted(with_release(own, "2025.8"), read_schema("2025.8")).version == "2025.8.4");
  BOOST_CHECK_EXCEPTION(with_release(calm, "2025.9"), Error, [](const Error& error) {
    return error.what() == std::string("unknown release '2025.9'; there are 2025.8, 2025.10, 2026.5, 2026.8, next");
  });
  BOOST_TEST(keeps_done_messages("2025.8.4"));
  BOOST_TEST(!keeps_done_messages("2025.12.0"));
  BOOST_TEST(!keeps_done_messages("2026.2.2"));
}

BOOST_AUTO_TEST_CASE(unknown_fields_are_refused_with_the_nearest) {
  BOOST_TEST(fault("\"storey\": \"s\"") == "x.json: storey: is not a known field | did you mean story?");
  BOOST_TEST(fault(task(R"("actor": "a", "state": "queued", "count": 1, "ago": "1h")")) ==
             "x.json: tasks[1].ago: is not a known field | did you mean age?");
  BOOST_TEST(fault(R"("pods": [{"component": "server", "zebra": 1}])")
                 .starts_with("x.json: pods[0].zebra: is not a known field | the fields are component"));
}

BOOST_AUTO_TEST_CASE(what_is_no_json_says_where) { BOOST_CHECK_THROW(read_scenario("{", "x.json"), Error); }

BOOST_AUTO_TEST_CASE(the_scenarios_of_the_binary_are_sound) {
  const auto known = known_scenarios();
  BOOST_TEST(known.size() >= 3u);
  for (const Scenario& scenario : known) {
    BOOST_TEST_CONTEXT(scenario.name) {
      BOOST_TEST(!scenario.title.empty());
      BOOST_TEST(scenario.schedules.size() >= 16u);
      BOOST_TEST(!scenario.pods.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_scenario_is_found_by_name_or_path) {
  BOOST_TEST(find_scenario("calm").name == "calm");
  BOOST_CHECK_EXCEPTION(find_scenario("calmn"), Error,
                        [](const Error& error) { return error.hint() == "did you mean calm?"; });
  BOOST_CHECK_THROW(find_scenario("./nowhere.json"), Error);
  const TempFolder folder;
  std::ofstream(folder.file("own.json")) << R"({"title": "mine"})";
  BOOST_TEST(find_scenario(folder.file("own.json")).name == "own");
}

BOOST_AUTO_TEST_CASE(sizes_add_up_exactly) {
  const Scenario storm = find_scenario("outpost-storm");
  for (const std::int64_t total : {1, 7, 100, 1234, 250000, 1000003}) {
    const auto sizes = group_sizes(storm, total);
    BOOST_TEST(std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}) == total);
  }
  for (const std::int64_t size : group_sizes(storm, 100)) BOOST_TEST(size > 0);
  BOOST_TEST(group_sizes(find_scenario("certificate-runaway"), 0).front() == 249308);
  const auto storm_sizes = group_sizes(storm, 250000);
  BOOST_TEST(storm_sizes.front() > 174900);
  BOOST_TEST(storm_sizes.front() <= 175000);
}

BOOST_AUTO_TEST_SUITE_END()

// What happens in a queue by itself: tasks come, workers finish them, schedules make theirs. The machine's clock is the
// case's.
#include <boost/test/unit_test.hpp>

#include "simulation/catch_up.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;

namespace {

constexpr const char* kComing =
    R"([{"actor": "a.b.come", "per_minute": 120, "uid": "u-{n}", "object": {"model": "authentik_core.user",)"
    R"( "count": 2}}])";

/// A world that is brought up to what the machine's clock shows.
struct BusyWorld : World {
  BusyWorld(const std::string& path, Timestamp now) : World(path, [now] { return now; }) { advance(*this); }
  std::int64_t count(const std::string& condition) {
    return database().integer_of("SELECT count(*) FROM authentik_tasks_task WHERE " + condition);
  }
  std::int64_t logs() { return database().integer_of("SELECT count(*) FROM authentik_tasks_tasklog"); }
};

struct Busy {
  void make(const std::string& arrivals, const std::string& worker, const std::string& more = "",
            bool stopped = false) {
    const std::string text = R"({"title": "t", "standard_schedules": false, "tasks": [], "arrivals": )" + arrivals +
                             R"(, "pods": [{"component": "server"}, {"component": "worker", "count": 2)" + worker +
                             "}]" + more + "}";
    path = folder.file("world");
    create_world(path, read_scenario(text, "case.json"), {0, 1, stopped ? parse_timestamp(kNow) : std::nullopt, true});
    began = World(path).database().integer_of("SELECT set_at FROM sim_clock");
  }
  BusyWorld at(double seconds) { return BusyWorld(path, began + static_cast<Timestamp>(seconds * kSecond)); }

  TempFolder folder;
  std::string path;
  Timestamp began = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(traffic, Busy)

BOOST_AUTO_TEST_CASE(tasks_come_at_their_rate_however_often_somebody_looks) {
  make(kComing, "");
  BOOST_TEST(at(10).count("state = 'queued' AND actor_name = 'a.b.come'") == 20);
  for (double second = 10.1; second < 20; second += 0.1) at(second);
  BusyWorld world = at(20);
  BOOST_TEST(world.count("true") == 40);
  BOOST_TEST(world.count("mtime > '" + format_timestamp(world.now()) + "'") == 0, "none comes from the future");
  BOOST_TEST(world.count("rel_obj_id IS NOT NULL AND _uid LIKE 'u-%' AND eta IS NULL AND length(message) > 100") == 40);
  BOOST_TEST(world.logs() == 40, "each has been queued");
}

BOOST_AUTO_TEST_CASE(ready_workers_finish_the_oldest) {
  make(kComing, R"(, "per_minute": 30)");
  at(0);
  BusyWorld world = at(60);
  // 120 came, two workers took 30 each.
  BOOST_TEST(world.count("state = 'done' AND length(message) = 0 AND result_expiry > mtime") == 60);
  BOOST_TEST(world.count("state = 'queued'") == 60);
  BOOST_TEST(world.logs() == 120 + 2 * 60);
}

BOOST_AUTO_TEST_CASE(what_no_worker_can_do_is_rejected) {
  const std::string come = R"([{"actor": "a.b.fail", "per_minute": 60, "uid": "of-{n}", "object": {"model":)"
                           R"( "authentik_core.user", "count": 2}}, {"actor": "a.b.work", "per_minute": 60}])";
  make(come, R"(, "per_minute": 600)",
       R"(, "failing": [{"actor": "a.b.fail", "uid": "of-1", "error": "refused: no such host"}])");
  at(0);
  BusyWorld world = at(60);
  const std::int64_t failed = world.count("state = 'rejected'");
  BOOST_TEST((failed > 10 && failed < 50), "about half of that actor's");
  BOOST_TEST(
      world.count("state = 'rejected' AND actor_name = 'a.b.fail' AND _uid = 'of-1' AND length(message) > 100 AND "
                  "result_expiry > mtime AND eta IS NULL") == failed);
  BOOST_TEST(world.count("_uid = 'of-1' AND state = 'done'") == 0);
  BOOST_TEST(world.count("state = 'done'") >= 118 - failed);
  BOOST_TEST(world.database().integer_of("SELECT count(*) FROM authentik_tasks_tasklog WHERE log_level = 'error' AND"
                                         " event = 'refused: no such host'") == failed);
}

BOOST_AUTO_TEST_CASE(what_was_caught_up_with_was_finished_one_after_the_other) {
  make(kComing, R"(, "per_minute": 30)");
  at(0);
  BusyWorld world = at(60);
  const auto done_before = [&](double seconds) {
    return world.count("state = 'done' AND mtime <= '" +
                       format_timestamp(world.now() - static_cast<Timestamp>(seconds * kSecond)) + "'");
  };
  BOOST_TEST(done_before(0) == 60);
  // Half of it in half of the time, but for what had not come yet.
  BOOST_TEST(done_before(30) >= 25);
  BOOST_TEST(done_before(30) <= 35);
}

BOOST_AUTO_TEST_CASE(a_worker_that_was_down_makes_up_for_nothing_where_nothing_comes) {
  make("[]", R"(, "per_minute": 60)",
       R"(, "tasks": [{"actor": "a.b.old", "state": "queued", "count": 1000, "age": "1h"}])");
  at(0);
  const auto set_ready = [&](double seconds, const char* status) {
    BusyWorld world = at(seconds);
    world.database().run("BEGIN IMMEDIATE");
    for (const auto& pod : world.store().list("Pod", "authentik")) {
      if (pod["metadata"]["labels"]["app.kubernetes.io/component"] != "worker") continue;
      auto after = pod;
      for (auto& condition : after["status"]["conditions"]) {
        if (condition["type"] == "Ready") condition["status"] = status;
      }
      change_object(world, pod, after);
    }
    world.database().run("COMMIT");
  };
  set_ready(10, "False");
  const std::int64_t done = at(10).count("state = 'done'");
  at(50);
  set_ready(60, "True");
  BOOST_TEST(at(61).count("state = 'done'") <= done + 2 * 2);
  BOOST_TEST(at(80).count("state = 'done'") > done);
}

BOOST_AUTO_TEST_CASE(nothing_is_finished_while_the_workers_are_down) {
  make(kComing, R"(, "per_minute": 600, "starts_in": "5s", "ends_in": "2s")");
  at(0);
  BusyWorld world = at(10);
  const std::int64_t done = world.count("state = 'done'");
  BOOST_TEST(world.count("state = 'queued'") == 0);
  for (const std::int64_t replicas : {0, 2}) {
    const auto before = *world.store().find("Deployment", "authentik", "authentik-worker");
    auto after = before;
    after["spec"]["replicas"] = replicas;
    BusyWorld now = at(replicas == 0 ? 10 : 40);
    now.database().run("BEGIN IMMEDIATE");
    change_object(now, *now.store().find("Deployment", "authentik", "authentik-worker"), after);
    now.database().run("COMMIT");
    if (replicas == 0) BOOST_TEST(at(40).count("state = 'queued'") == 60);
  }
  BOOST_TEST(at(41).count("state = 'done'") == done, "they are not Ready yet, and make up for nothing");
  at(46);
  BOOST_TEST(at(60).count("state = 'queued'") == 0);
}

BOOST_AUTO_TEST_CASE(schedules_make_their_tasks) {
  make("[]", R"(, "per_minute": 0.001)",
       R"(, "schedules": [{"actor": "a.b.often", "crontab": "* * * * *", "uid": "often"}, {"actor": "a.b.never",)"
       R"( "crontab": "* * * * *", "paused": true}])");
  constexpr Timestamp kMinute = 60 * kSecond;
  const Timestamp first = at(0).now();
  for (double minute = 1; minute <= 5; ++minute) at(60 * minute);
  BusyWorld world = at(301);
  const std::int64_t minutes = world.now() / kMinute - first / kMinute;  // five, or six just before a minute is full
  BOOST_TEST(world.count("actor_name = 'a.b.often' AND _uid = 'often' AND state = 'queued'") == minutes);
  BOOST_TEST(world.count("actor_name = 'a.b.never'") == 0);
  const auto next = parse_timestamp(*world.database().text_of(
      "SELECT next_run FROM authentik_tasks_schedules_schedule WHERE actor_name = 'a.b.often'", {}));
  BOOST_TEST((*next > world.now() && *next <= world.now() + 60 * kSecond));
}

BOOST_AUTO_TEST_CASE(what_a_look_has_to_catch_up_with_is_bounded) {
  make(kComing, "");
  BOOST_TEST(at(86'400).count("true") == 5000);
  BOOST_TEST(at(86'400).count("true") == 10'000);
}

BOOST_AUTO_TEST_CASE(a_stopped_clock_stops_it) {
  make(kComing, R"(, "per_minute": 60)", "", true);
  BOOST_TEST(at(600).count("true") == 0);
}

BOOST_AUTO_TEST_CASE(every_release_has_it) {
  for (const std::string release : {"2025.8", "2025.10", "2026.5", "2026.8", "next"}) {
    make(kComing, R"(, "per_minute": 30)", R"(, "release": ")" + release + "\"");
    at(0);
    BusyWorld world = at(30);
    BOOST_TEST(world.count("state = 'done'") == 30, release);
    BOOST_TEST(world.count("state = 'queued'") == 30, release);
  }
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
  const auto refusal = [&](const std::string& arrivals, const std::string& worker = "") {
    try {
      make(arrivals, worker);
    } catch (const Error& error) { return std::string(error.what()); }
    return std::string("taken");
  };
  BOOST_TEST(refusal(R"([{"actor": "a.b"}])") ==
             "case.json: arrivals[0].per_minute: must say how many come in a minute");
  BOOST_TEST(
      refusal(R"([{"actor": "a.b", "per_minute": -1}])").starts_with("case.json: arrivals[0].per_minute: must be"));
  BOOST_TEST(
      refusal(R"([{"actor": "a.b", "per_minute": 1, "state": "done"}])").starts_with("case.json: arrivals[0].state: "));
}

BOOST_AUTO_TEST_SUITE_END()

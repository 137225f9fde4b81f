// Frames of `watch` at sizes that there are, against tests/unit/plugin/commands/frames. AKQUEUE_ACCEPT=1 rewrites
// these, and fails.
#include <boost/test/unit_test.hpp>

#include "commands/frames.hpp"
#include "commands/watch/frame.hpp"
#include "commands/watch/words.hpp"
#include "queue/samples.hpp"
#include "ui/text.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;

namespace {

cluster::Pod worker(const std::string& name, int restarts) {
  cluster::Pod pod;
  pod.name = name;
  pod.roles.worker = true;
  pod.ready = true;
  pod.restarts = restarts;
  if (restarts > 0) pod.last_end = cluster::Termination{"OOMKilled", 137, kNoon + 20 * kSecond};
  return pod;
}

/// A flood of two actors, a worker that dies of it.
WatchPicture flood() {
  WatchPicture picture;
  picture.title = "authentik 2025.12.4, context prod, namespace authentik";
  picture.database = "database authentik, PostgreSQL 15.6, through pod authentik-server-0";
  for (int i = 0; i <= 6; ++i) {
    queue::Sample sample = sample_of(
        {.second = i * 10, .queued = 600'000 + i * i * 500, .done = 300'000 + i * 30, .came = 100, .finished = 30});
    sample.actors = {{"authentik.outposts.tasks.outpost_send_update", 400'000 + i * i * 500, 100, 0},
                     {"authentik.crypto.tasks.certificate_discovery", 180'000, 0, 0},
                     {"authentik.events.tasks.event_trigger_dispatch", 20'000 - i * 30, 0, 30}};
    sample.states["rejected"] = 8'412;
    sample.states["running"] = 3;
    sample.taken = 3;
    sample.held = 2;
    sample.ending = 0;
    sample.orphaned = 1;
    picture.trend.add(sample);
  }
  cluster::WorkerRestarts workers;
  cluster::Inventory inventory;
  inventory.pods = {worker("authentik-worker-5c9d8b7f66-h2k4m", 0), worker("authentik-worker-5c9d8b7f66-q8x2z", 4)};
  workers.see(inventory);
  inventory.pods[1].restarts = 6;
  workers.see(inventory);
  picture.workers = workers;
  ConditionState until{queue::Condition::parse("queued<1000")};
  until.value = 618'000;
  ConditionState alert{queue::Condition::parse("rate>5/s")};
  alert.value = 303;
  alert.holds = true;
  alert.began = 1;
  picture.untils = {until};
  picture.alerts = {alert};
  picture.at = kNoon + 60 * kSecond;
  return picture;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watch_frame)

BOOST_AUTO_TEST_CASE(sizes) {
  check_golden("80x24", frame_of(flood(), {}, {80, 24}));
  check_golden("60x10", frame_of(flood(), {}, {60, 10}));
  check_golden("200x50", frame_of(flood(), {}, {200, 50}));
  check_golden("20x4", frame_of(flood(), {}, {20, 4}));
}

BOOST_AUTO_TEST_CASE(keys_change_it) {
  check_golden("sorted-by-name", frame_of(flood(), {.order = WatchControls::Order::name, .scrolled = 1}, {80, 18}));
  check_golden("paused", frame_of(flood(), {.paused = true}, {80, 12}));
  check_golden("help", frame_of(flood(), {.help = true}, {80, 24}));
}

BOOST_AUTO_TEST_CASE(a_look_that_failed_shows_the_last_that_did_not) {
  WatchPicture picture = flood();
  picture.trouble = "the session was cut: the peer ended with status 137";
  check_golden("not-read", frame_of(picture, {}, {80, 24}));
}

BOOST_AUTO_TEST_CASE(estimates_and_a_standby) {
  WatchPicture picture = flood();
  queue::Sample sample = sample_of({.second = 70, .queued = 1'230'000, .came = 10, .finished = 500, .estimated = true});
  sample.held = std::nullopt;
  sample.states["frozen"] = 2;
  picture.trend.add(sample);
  picture.workers.reset();
  picture.chosen = "queue default";
  check_golden("estimated", frame_of(picture, {}, {80, 24}));
}

BOOST_AUTO_TEST_CASE(before_the_first_look_and_empty) {
  WatchPicture picture;
  picture.title = "authentik";
  check_golden("first", frame_of(picture, {}, {80, 6}));
  picture.trend = trend_of({{.queued = 0}});
  check_golden("empty", frame_of(picture, {}, {80, 12}));
}

/// Whatever the size, a frame fits.
BOOST_AUTO_TEST_CASE(every_frame_fits) {
  const WatchPicture picture = flood();
  for (std::size_t columns = 1; columns < 130; columns += columns < 20 ? 1 : 7) {
    for (std::size_t rows = 0; rows < 40; ++rows) {
      for (const bool help : {false, true}) {
        const ui::Frame frame = frame_of(picture, {.help = help, .scrolled = rows}, {columns, rows});
        BOOST_REQUIRE_EQUAL(frame.size(), rows);
        for (const ui::ScreenLine& line : frame) BOOST_REQUIRE(ui::columns_of(line.text) <= columns);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(rates_in_words) {
  BOOST_TEST(format_rate(0) == "0/s");
  BOOST_TEST(format_rate(0.0001) == "0/s");
  BOOST_TEST(format_rate(0.02) == "1.2/m");
  BOOST_TEST(format_rate(9.27) == "9.3/s");
  BOOST_TEST(format_rate(12345) == "12,345/s");
  BOOST_TEST(format_growth(9.27) == "+9.3/s");
  BOOST_TEST(format_growth(-9.27) == "-9.3/s");
  BOOST_TEST(movement(-20) == "falling by 20.0/s");
  BOOST_TEST(movement(0.0001) == "standing still");
}

BOOST_AUTO_TEST_CASE(restarts_since_the_first_look) {
  cluster::WorkerRestarts workers;
  cluster::Inventory inventory;
  inventory.pods = {worker("a", 3), worker("b", 0)};
  workers.see(inventory);
  BOOST_TEST(workers.restarts() == 0);
  inventory.pods[0].restarts = 4;
  inventory.pods.push_back(worker("new", 2));
  inventory.pods.erase(inventory.pods.begin() + 1);
  workers.see(inventory);
  BOOST_TEST(workers.pods() == 2);
  BOOST_TEST(workers.restarts() == 3);
  BOOST_TEST(workers.replaced() == 1);
  BOOST_TEST(workers.last_end().value().reason == "OOMKilled");
  workers.see(inventory);
  BOOST_TEST(workers.restarts() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

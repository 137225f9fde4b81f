// `-A`: which sites a cluster holds, and what several watchers' board shows.
#include <boost/test/unit_test.hpp>

#include "commands/frames.hpp"
#include "commands/watch/board.hpp"
#include "queue/samples.hpp"
#include "ui/text.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;

namespace {

cluster::Pod site_pod(const std::string& name_space, const std::string& release, const std::string& component) {
  cluster::Pod pod;
  pod.name = release + "-" + component;
  pod.name_space = name_space;
  pod.roles = {component == "server", component == "worker"};
  pod.instance = release;
  return pod;
}

cluster::Deployment deployment(const std::string& name_space, const std::string& release) {
  cluster::Deployment one;
  one.name = release + "-worker";
  one.name_space = name_space;
  one.roles.worker = true;
  one.instance = release;
  return one;
}

BoardLine line(std::int64_t queued, double came, double finished) {
  BoardLine line{.at = kNoon};
  line.figures = BoardFigures{
      .queued = queued, .recent = {60, came, finished, 0}, .curve = {1, 2, 3, 4, 5, 6, 7, 8}, .restarts = 0};
  return line;
}

ConditionState state_of(const std::string& condition, bool holds) {
  ConditionState state{queue::Condition::parse(condition)};
  state.holds = holds;
  state.began = holds ? 1 : 0;
  return state;
}

/// A flood, a queue that empties, a site that can't be entered, and one that nobody has looked at yet.
std::vector<BoardLine> fleet() {
  Board board({{"authentik", "authentik"},
               {"customer-a", "authentik"},
               {"customer-b", "authentik"},
               {"customer-c", "authentik"}});
  BoardLine flood = line(650'123, 30, 4);
  flood.figures->restarts = 2;
  flood.untils = {state_of("queued<1000", false)};
  flood.alerts = {state_of("rate>5/s", true)};
  BoardLine emptying = line(1'200, 1, 11);
  emptying.figures->empty_in = "2m";
  emptying.untils = {state_of("queued<1000", false)};
  emptying.alerts = {state_of("rate>5/s", false)};
  board.put(0, flood);
  board.put(1, emptying);
  board.put(2, {.trouble = "no authentik server pod can be entered: authentik-server-0: is Terminating",
                .error = Error(ErrorCode::no_server_pod, "no")});
  return board.lines();
}

const BoardTitle kTitle{"4 authentiks in 4 namespaces", std::chrono::seconds(10)};

}  // namespace

BOOST_AUTO_TEST_SUITE(all_sites)

BOOST_AUTO_TEST_CASE(a_site_is_a_release_in_a_namespace) {
  cluster::Inventory inventory;
  inventory.pods = {site_pod("b", "authentik", "server"), site_pod("a", "authentik", "server"),
                    site_pod("a", "test", "worker"), site_pod("c", "proxy", "outpost")};
  inventory.deployments = {deployment("d", "authentik"), deployment("a", "authentik")};
  inventory.refused = {"horizontalpodautoscalers"};
  const std::vector<cluster::SiteName> expected{
      {"a", "authentik"}, {"a", "test"}, {"b", "authentik"}, {"d", "authentik"}};
  BOOST_TEST((inventory.sites() == expected));

  const cluster::Inventory one = inventory.of_site({"a", "authentik"});
  BOOST_TEST(one.pods.size() == 1u);
  BOOST_TEST(one.pods.front().name_space == "a");
  BOOST_TEST(one.deployments.size() == 1u);
  BOOST_TEST(one.deployments.front().name_space == "a");
  BOOST_TEST(one.refused == inventory.refused);
  BOOST_TEST(inventory.of_site({"d", "authentik"}).pods.empty());
}

BOOST_AUTO_TEST_CASE(a_failed_look_keeps_what_was_read_before) {
  Board board(std::vector<cluster::SiteName>{{"authentik", "authentik"}});
  BoardLine read = line(5, 0, 0);
  read.summary = "watched 10s\n";
  board.put(0, read);
  board.put(0, {.trouble = "no answer in time"});
  const BoardLine now = board.lines().front();
  BOOST_TEST(now.name.text() == "authentik/authentik");
  BOOST_TEST(now.looks == 2);
  BOOST_TEST(now.trouble == "no answer in time");
  BOOST_TEST(now.figures->queued == 5);
  BOOST_TEST(now.summary == "watched 10s\n");
  board.put(0, line(6, 0, 0));
  BOOST_TEST(board.lines().front().trouble.empty());
}

BOOST_AUTO_TEST_CASE(untils_are_met_at_all_sites_at_once) {
  auto lines = fleet();
  BOOST_TEST(!all_met(lines));
  lines.resize(2);
  for (BoardLine& one : lines) one.untils = {state_of("queued<1000", true)};
  BOOST_TEST(all_met(lines));
  lines[1].trouble = "no answer in time";
  BOOST_TEST(!all_met(lines));
  lines[1] = BoardLine{};  // not looked at yet
  BOOST_TEST(!all_met(lines));
}

BOOST_AUTO_TEST_CASE(an_alert_of_one_site_is_an_alarm_even_when_it_is_over) {
  auto lines = fleet();
  BOOST_TEST(any_alarmed(lines));
  lines[0].alerts[0].holds = false;
  BOOST_TEST(any_alarmed(lines));
  lines[0].alerts[0].began = 0;
  BOOST_TEST(!any_alarmed(lines));
}

BOOST_AUTO_TEST_CASE(a_board_of_several_sites) {
  check_golden("board", board_frame(kTitle, fleet(), {}, {100, 14}));
  check_golden("board-narrow", board_frame(kTitle, fleet(), {.order = WatchControls::Order::name}, {72, 10}));
}

BOOST_AUTO_TEST_CASE(a_board_fits_any_screen) {
  const auto lines = fleet();
  for (std::size_t rows = 0; rows < 16; ++rows) {
    for (const std::size_t columns : {1u, 20u, 80u, 200u}) {
      for (const bool help : {false, true}) {
        const ui::Frame frame = board_frame(kTitle, lines, {.help = help, .scrolled = 9}, {columns, rows});
        BOOST_TEST(frame.size() == rows);
        for (const ui::ScreenLine& one : frame) BOOST_TEST(ui::columns_of(one.text) <= columns);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>

#include <fstream>

#include "akqueue/error.hpp"
#include "akqueue/json_depth.hpp"
#include "scenario/scenario.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;

namespace {

constexpr std::size_t kEndless = 1'000'000;

std::string arrays(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

}  // namespace

BOOST_AUTO_TEST_SUITE(depth)

BOOST_AUTO_TEST_CASE(a_request_of_endless_levels_is_not_understood) {
  Database database(":memory:");
  make_schema(database);
  Peer peer(database);
  peer.hello();
  BOOST_TEST(failure_of(peer.last(R"({"op":"begin","read_only":)" + arrays(kEndless) + "}")) == "protocol");
  BOOST_TEST(peer.alive());
  BOOST_TEST(failure_of(peer.last(R"({"op":"begin","more":)" + arrays(kDeepestDocument - 1) + "}")).starts_with("= "));
}

BOOST_AUTO_TEST_CASE(a_value_of_endless_levels_is_refused_as_postgresql_refuses_it) {
  Database database(":memory:");
  make_schema(database);
  Peer peer(database);
  peer.hello();
  peer.begin();
  BOOST_TEST(failure_of(peer.execute(insert_task(kTaskId, "queued", arrays(kEndless)))) == "54001");
}

BOOST_AUTO_TEST_CASE(a_scenario_of_endless_levels_is_no_scenario) {
  try {
    read_scenario(R"({"title":)" + arrays(kEndless) + "}", "deep.json");
    BOOST_FAIL("no error");
  } catch (const Error& error) { BOOST_TEST(error.what() == "deep.json: its JSON is nested too deeply"); }
  const TempFolder folder;
  std::ofstream(folder.file("long.json")) << "{" << std::string(17u << 20, ' ') << "}";
  BOOST_CHECK_THROW(find_scenario(folder.file("long.json")), Error);
}

BOOST_AUTO_TEST_CASE(patches_make_no_object_that_nothing_can_hold) {
  const TempFolder folder;
  const std::string world = make_world(folder, "calm", 10);
  const auto patch = [&](const std::string& type, const std::string& text) {
    return kubectl(world,
                   {"patch", "deployment/authentik-worker", "-n", "authentik", "--type=" + type, "--patch", text});
  };
  BOOST_TEST(patch("merge", R"({"metadata":{"annotations":)" + arrays(kEndless) + "}}").err.find("invalid JSON") !=
             std::string::npos);
  // Each copies all that is there into itself.
  std::string doubling;
  for (int i = 0; i < 60; ++i)
    doubling +=
        std::string(i == 0 ? "[" : ",") + R"({"op":"copy","from":"","path":"/metadata/x)" + std::to_string(i) + R"("})";
  BOOST_TEST(patch("json", doubling + "]").err.find("too large") != std::string::npos);
  const Ran after = kubectl(world, {"get", "deployment/authentik-worker", "-n", "authentik", "-o", "json"});
  BOOST_TEST(after.status == 0);
  BOOST_TEST(after.out.find("\"x0\"") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

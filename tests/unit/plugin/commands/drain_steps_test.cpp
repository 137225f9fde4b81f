// The steps of a drain with scripted answers from the cluster and a fake clock.
#include <boost/test/unit_test.hpp>

#include "commands/drain/steps.hpp"
#include "fakes.hpp"
#include "outside.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;
using namespace std::chrono_literals;

namespace {

using Part = ScriptedLauncher::Part;

/// What `kubectl get` prints: a worker deployment, and pods of it.
Part look(int replicas, int ready, const std::vector<std::string>& pods = {}) {
  const std::string labels =
      R"("labels":{"app.kubernetes.io/component":"worker","app.kubernetes.io/instance":"authentik","x":"y"})";
  std::string items =
      R"({"kind":"Deployment","metadata":{"name":"authentik-worker","namespace":"sso","generation":2,)" + labels +
      R"(},"spec":{"replicas":)" + std::to_string(replicas) +
      R"(,"selector":{"matchLabels":{"x":"y"}}},"status":{"observedGeneration":2,"readyReplicas":)" +
      std::to_string(ready) + "}}";
  for (const std::string& pod : pods) {
    items += R"(,{"kind":"Pod","metadata":{"name":")" + pod +
             R"(","namespace":"sso","deletionTimestamp":"2026-05-01T12:00:30Z",)" + labels +
             R"(},"spec":{"containers":[{"name":"worker"}]},"status":{"phase":"Running"}})";
  }
  return {.lines = {R"({"items":[)" + items + "]}"}, .status = 0, .error_text = {}};
}

Part refused_line() { return {{}, 1, "Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout"}; }

struct Trial : Outside {
  explicit Trial(std::vector<Part> looks, std::chrono::seconds timeout = 60s)
      : Outside(launcher),
        launcher(std::move(looks)),
        cluster{cluster::Kubectl(launcher, {"kubectl"}, {}),
                "kubectl",
                {},
                {.name_space = "sso", .pod = {}, .container = {}}},
        steps(environment, cluster, "authentik", {target()}, timeout) {}

  static DrainTarget target() {
    DrainTarget one;
    one.deployment.name = "authentik-worker";
    one.deployment.name_space = "sso";
    one.deployment.replicas = 3;
    one.deployment.match_labels = {{"x", "y"}};
    one.back_to = 3;
    one.down = true;
    return one;
  }

  ScriptedLauncher launcher;
  Cluster cluster;
  DrainSteps steps;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(drain_steps)

BOOST_AUTO_TEST_CASE(it_waits_until_the_last_pod_is_gone) {
  Trial draining({look(0, 0, {"w-1", "w-2"}), look(0, 0, {"w-2"}), look(0, 0)});
  draining.steps.wait_until_gone();
  BOOST_TEST(draining.launcher.journal.size() == 3u);
  BOOST_TEST((draining.passed() == 2s));
  BOOST_TEST(draining.terminal.said.ends_with("worker pods are gone\n"), draining.terminal.said);
}

BOOST_AUTO_TEST_CASE(pods_that_hang_are_named_when_the_time_is_over) {
  Trial draining({look(0, 0, {"w-1"}), look(0, 0, {"w-1"}), look(0, 0, {"w-1"}), look(0, 0, {"w-1"})}, 3s);
  const std::string words = words_of([&] { draining.steps.wait_until_gone(); });
  BOOST_TEST(words.starts_with("after 3s some worker pods are still there: w-1 terminating"), words);
  BOOST_TEST((draining.passed() == 3s));
}

BOOST_AUTO_TEST_CASE(a_look_that_fails_is_said_once_and_done_again) {
  Trial draining({refused_line(), refused_line(), look(0, 0)});
  draining.steps.wait_until_gone();
  const std::string& said = draining.terminal.said;
  const auto first = said.find("looking again until it works");
  BOOST_TEST(first != std::string::npos, said);
  BOOST_TEST(said.find("looking again until it works", first + 1) == std::string::npos, said);
  BOOST_TEST((draining.passed() == 2s));
}

BOOST_AUTO_TEST_CASE(a_line_that_stays_broken_is_an_error_at_the_end_of_the_time) {
  Trial draining({refused_line(), refused_line(), refused_line()}, 2s);
  BOOST_TEST((error_of([&] { draining.steps.wait_until_gone(); }) == ErrorCode::kubectl_failed));
  BOOST_TEST((draining.passed() == 2s));
}

BOOST_AUTO_TEST_CASE(what_something_else_scales_up_is_refused) {
  Trial draining({look(0, 0, {"w-1"}), look(3, 0, {"w-1", "w-4"})});
  const std::string words = words_of([&] { draining.steps.wait_until_gone(); });
  BOOST_TEST(words.starts_with("deployment/authentik-worker was scaled to 3 by something else meanwhile"), words);
}

BOOST_AUTO_TEST_CASE(ctrl_c_ends_the_wait) {
  Trial draining({look(0, 0, {"w-1"})});
  draining.interrupts.seen = 1;
  BOOST_TEST((error_of([&] { draining.steps.wait_until_gone(); }) == ErrorCode::interrupted));
  BOOST_TEST(draining.launcher.journal.size() == 1u);
}

BOOST_AUTO_TEST_CASE(it_waits_until_all_are_ready) {
  Trial draining({look(3, 0), look(3, 2), look(3, 3)});
  BOOST_TEST(draining.steps.wait_until_ready());
  BOOST_TEST((draining.passed() == 2s));
  BOOST_TEST(draining.terminal.said.ends_with("3 of 3 workers Ready\n"), draining.terminal.said);
}

BOOST_AUTO_TEST_CASE(workers_that_do_not_become_ready_are_counted) {
  Trial draining({look(3, 1), look(3, 1), look(3, 1)}, 2s);
  BOOST_TEST(!draining.steps.wait_until_ready());
  BOOST_TEST(draining.terminal.said.find("only 1 of 3 workers Ready after 2s") != std::string::npos,
             draining.terminal.said);
}

BOOST_AUTO_TEST_SUITE_END()

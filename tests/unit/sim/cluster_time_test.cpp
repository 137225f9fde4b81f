// The cluster that goes on: deployments scaled, pods that end and start, those who scale them back, workers that run
// out of memory. The machine's clock is the case's.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "akqueue/json.hpp"
#include "cluster/pods.hpp"
#include "simulation/catch_up.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;

namespace {

using Words = std::vector<std::string>;
constexpr const char* kWorker = "authentik-worker";

/// A world that is brought up to what the machine's clock shows.
struct Opened : World {
  Opened(const std::string& path, Timestamp now) : World(path, [now] { return now; }) { advance(*this); }
};

struct Going {
  /// The scenario is calm's least, with these fields in it.
  void make(const std::string& worker_fields, const std::string& more = "", bool stopped = true) {
    const std::string text = R"({"title": "t", "tasks": [], "pods": [{"component": "server", "count": 1},
      {"component": "worker", "count": 2, "memory_limit": "1Gi")" +
                             worker_fields + "}]" + more + "}";
    const Scenario scenario = read_scenario(text, "case.json");
    path = folder.file("world");
    create_world(path, scenario, {0, 1, stopped ? parse_timestamp(kNow) : std::nullopt, false});
    // What was made began now, by the machine's clock.
    began = World(path).database().integer_of("SELECT set_at FROM sim_clock");
  }
  Opened at(double seconds) { return Opened(path, began + static_cast<Timestamp>(seconds * kSecond)); }
  static void scale(World& world, std::int64_t replicas) {
    const auto before = *world.store().find("Deployment", "authentik", kWorker);
    auto after = before;
    after["spec"]["replicas"] = replicas;
    world.database().run("BEGIN IMMEDIATE");
    change_object(world, before, after);
    world.database().run("COMMIT");
  }
  static std::vector<ClusterObject> workers(World& world) {
    auto pods = world.objects("Pod", "authentik");
    std::erase_if(pods,
                  [](const ClusterObject& pod) { return label_of(pod, "app.kubernetes.io/component") != "worker"; });
    return pods;
  }
  static std::int64_t ready(World& world) {
    return world.store().find("Deployment", "authentik", kWorker)->at("status").value("readyReplicas", 0);
  }
  static std::int64_t replicas(World& world) {
    return world.store().find("Deployment", "authentik", kWorker)->at("spec").at("replicas");
  }

  TempFolder folder;
  std::string path;
  Timestamp began = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cluster_time, Going)

BOOST_AUTO_TEST_CASE(pods_take_time_to_end_and_to_start) {
  make(R"(, "ends_in": "10s", "starts_in": "20s")");
  Opened world = at(1);
  scale(world, 0);
  BOOST_TEST(workers(world).size() == 2u);
  for (const auto& pod : workers(world)) BOOST_TEST(is_terminating(pod));
  BOOST_TEST(ready(world) == 0);
  Opened before = at(10);
  BOOST_TEST(workers(before).size() == 2u);
  Opened after = at(11.5);
  BOOST_TEST(workers(after).size() == 0u);
  scale(after, 3);
  BOOST_TEST(workers(after).size() == 3u);
  BOOST_TEST(ready(after) == 0);
  Opened running = at(25);
  for (const auto& pod : workers(running)) BOOST_TEST((is_running(pod) && !is_ready(pod)));
  Opened up = at(32);
  BOOST_TEST(ready(up) == 3);
  BOOST_TEST(!world.objects("Event", "authentik").empty());
}

BOOST_AUTO_TEST_CASE(a_pod_that_hangs_stays_until_it_is_forced) {
  make(R"(, "stuck": true)");
  Opened world = at(1);
  scale(world, 0);
  Opened later = at(10'000);
  BOOST_REQUIRE_EQUAL(workers(later).size(), 2u);
  later.database().run("BEGIN IMMEDIATE");
  delete_pod(later, workers(later).front(), true);
  later.database().run("COMMIT");
  BOOST_TEST(workers(later).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_deleted_pod_is_replaced) {
  make("");
  Opened world = at(1);
  const auto old = workers(world).front();
  world.database().run("BEGIN IMMEDIATE");
  delete_pod(world, old, false);
  world.database().run("COMMIT");
  Opened later = at(20);
  BOOST_TEST(ready(later) == 2);
  BOOST_TEST(!later.store().find("Pod", "authentik", name_of(old)).has_value());
}

BOOST_AUTO_TEST_CASE(an_autoscaler_leaves_zero_alone_and_puts_back_the_rest) {
  make("", R"(, "autoscalers": [{"deployment": "authentik-worker", "min": 2, "max": 4}])");
  Opened world = at(1);
  scale(world, 0);
  Opened quiet = at(100);
  BOOST_TEST(replicas(quiet) == 0);
  scale(quiet, 1);
  Opened back = at(200);
  BOOST_TEST(replicas(back) == 2);
  scale(back, 9);
  Opened bounded = at(300);
  BOOST_TEST(replicas(bounded) == 4);
}

BOOST_AUTO_TEST_CASE(keda_scales_up_from_zero_unless_it_is_paused) {
  make("", R"(, "autoscalers": [{"deployment": "authentik-worker", "min": 1, "max": 4, "keda": true}])");
  Opened world = at(1);
  scale(world, 0);
  Opened back = at(100);
  BOOST_TEST(replicas(back) == 1);
  const auto before = back.objects("ScaledObject", "authentik").front();
  auto paused = before;
  paused["metadata"]["annotations"]["autoscaling.keda.sh/paused-replicas"] = "0";
  back.database().run("BEGIN IMMEDIATE");
  change_object(back, before, paused);
  back.database().run("COMMIT");
  scale(back, 0);
  Opened quiet = at(200);
  BOOST_TEST(replicas(quiet) == 0);
}

BOOST_AUTO_TEST_CASE(a_gitops_controller_heals) {
  make("", R"(, "gitops": {"tool": "argocd", "self_heal": "30s"})");
  Opened world = at(1);
  scale(world, 0);
  Opened waiting = at(20);
  BOOST_TEST(replicas(waiting) == 0);
  Opened healed = at(40);
  BOOST_TEST(replicas(healed) == 2);
}

BOOST_AUTO_TEST_CASE(workers_run_out_of_memory_while_the_clock_goes) {
  make(R"(, "oom": {"every": "60s"})", "", false);
  Opened database = at(0);
  database.database().run("PRAGMA foreign_keys = OFF");  // whose tenant it is does not matter here
  database.database().run(insert_task());
  Opened world = at(200);
  const auto pods = workers(world);
  BOOST_REQUIRE_EQUAL(pods.size(), 2u);
  const ForeignJson status = pods.front().at("status").at("containerStatuses").front();
  BOOST_TEST(status.at("restartCount") >= 2);
  BOOST_TEST(status.at("lastState").at("terminated").at("reason") == "OOMKilled");
}

BOOST_AUTO_TEST_CASE(nothing_is_written_where_nothing_is_due) {
  make("");
  Opened world = at(1);
  const std::int64_t revision = world.store().revision();
  Opened later = at(3000);
  BOOST_TEST(later.store().revision() == revision);
}

BOOST_AUTO_TEST_CASE(patches_are_applied_whole_or_not_at_all) {
  make("");
  const auto patch = [&](const char* type, const std::string& text) {
    return kubectl(path,
                   {"patch", "deployment", kWorker, "-n", "authentik", "--type=" + std::string(type), "-p", text});
  };
  const Ran done = patch(
      "json", R"([{"op":"test","path":"/spec/replicas","value":2},{"op":"test","path":"/metadata/annotations/x~1y",)"
              R"("value":null},
    {"op":"add","path":"/metadata/annotations/x~1y","value":"z"},{"op":"replace","path":"/spec/replicas","value":0}])");
  BOOST_TEST(done.out == "deployment.apps/authentik-worker patched\n");
  World world(path);
  BOOST_TEST(replicas(world) == 0);
  const Ran refused =
      patch("json",
            R"([{"op":"replace","path":"/spec/replicas","value":7},{"op":"test","path":"/spec/replicas","value":2}])");
  BOOST_TEST(refused.status == 1);
  BOOST_TEST(refused.err == "The request is invalid: the server rejected our request due to an error in our request\n");
  BOOST_TEST(replicas(world) == 0);
  BOOST_TEST(patch("json", R"([{"op":"remove","path":"/metadata/annotations/none"}])")
                 .err.starts_with("The request is invalid"));
  BOOST_TEST(patch("merge", R"({"metadata":{"annotations":{"x/y":null}}})").status == 0);
  BOOST_TEST(patch("merge", R"({"metadata":{"annotations":{"x/y":null}}})").out ==
             "deployment.apps/authentik-worker patched (no change)\n");
  BOOST_TEST(patch("merge", R"({"spec":{"replicas":-1}})")
                 .err.starts_with("The Deployment \"authentik-worker\" is invalid: spec.replicas"));
  BOOST_TEST(patch("merge", "{").err.starts_with("error: unable to parse"));
  BOOST_TEST(kubectl(path, {"patch", "deployment", "none", "-n", "authentik", "--type=merge", "-p", "{}"}).err ==
             "Error from server (NotFound): deployments.apps \"none\" not found\n");
}

BOOST_AUTO_TEST_CASE(scaling_waiting_and_deleting_have_kubectls_words) {
  make(R"(, "ends_in": "now", "starts_in": "now")");
  BOOST_TEST(
      kubectl(path, {"scale", "deployment/authentik-worker", "-n", "authentik", "--replicas=1", "--current-replicas=5"})
          .err == "error: Expected replicas to be 5, was 2\n");
  BOOST_TEST(kubectl(path, {"scale", "deployment/authentik-worker", "-n", "authentik", "--replicas=1"}).out ==
             "deployment.apps/authentik-worker scaled\n");
  BOOST_TEST(
      kubectl(path, {"wait", "deployment/authentik-worker", "-n", "authentik", "--for=condition=Available"}).out ==
      "deployment.apps/authentik-worker condition met\n");
  BOOST_TEST(
      kubectl(path, {"wait", "deployment/authentik-worker", "-n", "authentik", "--for=delete", "--timeout=0s"}).err ==
      "error: timed out waiting for the condition on deployments/authentik-worker\n");
  BOOST_TEST(kubectl(path, {"wait", "pod", "-l", "none=such", "-n", "authentik", "--for=delete"}).status == 0);
  BOOST_TEST(kubectl(path, {"wait", "pod", "-l", "none=such", "-n", "authentik", "--for=condition=Ready"}).err ==
             "error: no matching resources found\n");
  World world(path);
  const std::string pod = name_of(workers(world).front());
  BOOST_TEST(kubectl(path, {"delete", "pod", pod, "-n", "authentik"}).out == "pod \"" + pod + "\" deleted\n");
  BOOST_TEST(kubectl(path, {"delete", "deployment", kWorker, "-n", "authentik"}).status == 1);
}

BOOST_AUTO_TEST_CASE(metrics_where_there_are_some) {
  make(R"(, "memory": "900Mi")");
  const Ran listed = kubectl(
      path,
      {"get", "--raw",
       "/apis/metrics.k8s.io/v1beta1/namespaces/authentik/pods?labelSelector=app.kubernetes.io%2Fcomponent%3Dworker"});
  const ForeignJson list = ForeignJson::parse(listed.out);
  BOOST_REQUIRE_EQUAL(list.at("items").size(), 2u);
  BOOST_TEST(list.at("items").at(0).at("containers").at(0).at("usage").at("memory") == "900Mi");
  BOOST_TEST(kubectl(path, {"top", "pods", "-n", "authentik", "--no-headers"}).out.find("900Mi") != std::string::npos);
  TempFolder other;
  const std::string without = other.file("world");
  create_world(
      without,
      read_scenario(R"({"title":"t","tasks":[],"metrics":false,"pods":[{"component":"server","count":1}]})", "x"),
      {0, 1, parse_timestamp(kNow), false});
  BOOST_TEST(kubectl(without, {"top", "pods", "-n", "authentik"}).err == "error: Metrics API not available\n");
  BOOST_TEST(kubectl(without, {"get", "--raw", "/apis/metrics.k8s.io/v1beta1/pods"}).err ==
             "Error from server (NotFound): the server could not find the requested resource\n");
}

BOOST_AUTO_TEST_SUITE_END()

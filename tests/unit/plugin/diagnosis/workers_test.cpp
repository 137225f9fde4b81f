// What pods use, and what is known of each worker put together.
#include <boost/test/unit_test.hpp>

#include "commands/look/worker_table.hpp"
#include "fakes.hpp"
#include "queue/samples.hpp"

using namespace akqueue;
using namespace akqueue::diagnosis;
using namespace akqueue::testing;

namespace {

cluster::Pod worker(const std::string& name, const std::string& ip = "") {
  cluster::Pod pod;
  pod.name = name;
  pod.ip = ip;
  pod.roles.worker = true;
  return pod;
}

cluster::Pod killed(const std::string& name, std::int64_t seconds_ago) {
  cluster::Pod pod = worker(name);
  pod.last_end = cluster::Termination{"OOMKilled", 137, kNoon - seconds_ago * kSecond};
  return pod;
}

std::string verdict_on(const std::vector<cluster::Pod>& pods) {
  cluster::Inventory inventory;
  inventory.pods = pods;
  return commands::judge_kills(commands::worker_rows(inventory, {}, {}), kNoon).words;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(workers)

BOOST_AUTO_TEST_CASE(metrics_are_those_of_the_main_container) {
  const cluster::Metrics metrics = cluster::read_metrics(R"({"items": [
    {"metadata": {"name": "a", "labels": {"app.kubernetes.io/component": "worker"}},
     "containers": [{"name": "geoip", "usage": {"cpu": "1m", "memory": "1Mi"}}, {"name": "worker",
 "usage": {"cpu": "250m", "memory": "512Mi"}}]},
    {"metadata": {"name": "b"}, "containers": [{"name": "x", "usage": {"cpu": "12345678n", "memory": "1048576Ki"}}]},
    {"metadata": {"name": "c"}, "containers": [{"name": "worker", "usage": {"cpu": "2", "memory": "7"}}]},
    {"metadata": {"name": "d"}, "containers": []}, 7]})");
  BOOST_REQUIRE_EQUAL(metrics.pods.size(), 3u);
  cluster::Pod pod = worker("a");
  pod.main = "worker";
  BOOST_TEST(metrics.of(pod)->memory == std::int64_t{512} << 20);
  BOOST_TEST(metrics.of(pod)->cpu_milli == 250);
  pod.main = "gone";
  BOOST_TEST(!metrics.of(pod).has_value());
  BOOST_TEST(!metrics.of(worker("elsewhere")).has_value());
  BOOST_TEST(metrics.pods.at("b").at("x").memory == std::int64_t{1} << 30);
  BOOST_TEST(metrics.pods.at("b").at("x").cpu_milli == 12);
  BOOST_TEST(metrics.pods.at("c").at("worker").cpu_milli == 2000);
  for (const char* nonsense : {"", "[]", "{", R"({"items": 7})", R"({"items": [[]]})"})
    BOOST_TEST(cluster::read_metrics(nonsense).pods.empty(), nonsense);
}

BOOST_AUTO_TEST_CASE(want_of_metrics_is_said_and_does_no_harm) {
  cluster::Search search;
  search.name_space = "sso";
  const auto missing = [&](ScriptedLauncher::Part part, std::string* asked = nullptr) {
    ScriptedLauncher launcher({std::move(part)});
    cluster::Kubectl kubectl(launcher, {"kubectl"}, {});
    const cluster::Metrics metrics = cluster::take_metrics(kubectl, search);
    if (asked != nullptr) *asked = launcher.journal.at(0).at(3);
    return metrics.missing;
  };
  std::string asked;
  BOOST_TEST(missing({{}, 1, "Error from server (NotFound): the server could not find the requested resource"},
                     &asked) == "the cluster has no metrics API");
  BOOST_TEST(asked ==
             "/apis/metrics.k8s.io/v1beta1/namespaces/sso/pods?labelSelector=app.kubernetes.io%2Fname%3Dauthentik");
  search.without_labels = true;
  missing({{}, 1, ""}, &asked);
  BOOST_TEST(asked == "/apis/metrics.k8s.io/v1beta1/namespaces/sso/pods");
  BOOST_TEST(missing({{}, 1, "Error from server (Forbidden): pods.metrics.k8s.io is forbidden"})
                 .starts_with("these permissions"));
  BOOST_TEST(missing({{}, 1, "Error from server (ServiceUnavailable): the server is\nand more"}) ==
             "Error from server (ServiceUnavailable): the server is");
  BOOST_TEST(missing({{R"({"items":[]})"}, 0, ""}) == "the metrics API has none of these pods yet");
}

BOOST_AUTO_TEST_CASE(the_verdict_answers_whether_it_goes_on) {
  BOOST_TEST(verdict_on({}) == "No worker runs.");
  BOOST_TEST(verdict_on({worker("w")}) == "Not OOM-killed: no worker's last end was for want of memory.");
  BOOST_TEST(verdict_on({killed("a", 600), killed("b", 240), worker("c")}) ==
             "Still OOM-killed: 2 of 3 workers, the last 4m ago (b).");
  BOOST_TEST(verdict_on({killed("a", 7200)}) == "Not OOM-killed lately: 1 of 1 worker, the last 120m ago (a).");
}

BOOST_AUTO_TEST_CASE(held_tasks_find_their_workers_by_address_or_name) {
  cluster::Inventory inventory;
  inventory.pods = {worker("a", "10.0.0.1"), worker("b", "10.0.0.2"), worker("c")};
  queue::WorkersSeen seen;
  seen.held = {{"10.0.0.1", 3}, {"c", 1}};
  auto rows = commands::worker_rows(inventory, {}, seen);
  BOOST_TEST(rows[0].held.value() == 3);
  BOOST_TEST(rows[1].held.value() == 0, "all that is held was found elsewhere");
  BOOST_TEST(rows[2].held.value() == 1);
  seen.held = {{"10.9.9.9", 4}};
  rows = commands::worker_rows(inventory, {}, seen);
  BOOST_TEST(!rows[0].held.has_value(), "a pooler's address says nothing of workers");
}

BOOST_AUTO_TEST_SUITE_END()

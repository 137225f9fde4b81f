// What pods use, and what is known of each worker put together.
#include <boost/test/unit_test.hpp>

#include "cluster/drain_note.hpp"
#include "commands/look/worker_table.hpp"
#include "diagnosis/kills.hpp"
#include "diagnosis/wrong.hpp"
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
  return read_kills(inventory).words(kNoon);
}

/// Alive, unless it says otherwise.
queue::WorkerHeartbeat beats(const std::string& version, bool alive = true) {
  return {.hostname = "w", .version = version, .last_seen = kNoon, .alive = alive, .recent = alive};
}

/// A queue of 50 due tasks, the oldest an hour old, and a worker that lives.
queue::QueueStatus busy() {
  queue::QueueStatus status;
  status.now = kNoon;
  status.states = {{{.queue = "default", .state = "queued", .tasks = 50, .next_eta = {}}, kNoon - 3600 * kSecond}};
  status.flow.window_s = queue::QueueStatus::kFlowSeconds;
  status.heartbeats.kept = true;
  status.heartbeats.workers = {beats("2026.2.1")};
  return status;
}

std::string wrong_with(const std::vector<cluster::Pod>& pods, const queue::QueueStatus& status) {
  cluster::Inventory inventory;
  inventory.pods = pods;
  std::string words;
  for (const Wrong& one : what_is_wrong(inventory, status, "2026.2.1"))
    words += (words.empty() ? "" : " | ") + one.words + " > " + one.more;
  return words;
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

BOOST_AUTO_TEST_CASE(the_headline_answers_whether_they_are_killed) {
  BOOST_TEST(verdict_on({}) == "No worker runs");
  cluster::Pod ready = worker("r");
  ready.ready = true;
  BOOST_TEST(verdict_on({worker("w"), ready}) == "No OOM kill: 1 of 2 workers are Ready");
  BOOST_TEST(verdict_on({ready}) == "No OOM kill: 1 of 1 worker is Ready");
  cluster::Pod often = killed("b", 240);
  often.restarts = 13;
  often.started = kNoon - 2 * 86400 * kSecond;
  cluster::Pod once = killed("a", 600);
  once.restarts = 1;
  once.started = kNoon - 3600 * kSecond;
  BOOST_TEST(verdict_on({once, often, worker("c")}) ==
             "OOM-killed: 2 of 3 workers, the last 4m ago, restarted 14 times in 2d");
  BOOST_TEST(verdict_on({once}) == "OOM-killed: 1 of 1 worker, the last 10m ago, restarted once in 60m");
  BOOST_TEST(verdict_on({killed("a", 7200)}) == "OOM-killed: 1 of 1 worker, the last 120m ago");
}

BOOST_AUTO_TEST_CASE(a_kill_is_late_after_a_quarter_of_an_hour) {
  const auto lately = [](std::vector<cluster::Pod> pods) {
    cluster::Inventory inventory;
    inventory.pods = std::move(pods);
    return read_kills(inventory).lately(kNoon);
  };
  BOOST_TEST(lately({killed("a", 899)}));
  BOOST_TEST(!lately({killed("a", 900)}));
  BOOST_TEST(!lately({worker("a")}));
  cluster::Pod unknown = killed("a", 0);
  unknown.last_end->at = std::nullopt;
  BOOST_TEST(lately({unknown}));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_at_first_sight) {
  cluster::Pod up = worker("w");
  up.ready = true;
  queue::QueueStatus status = busy();
  const std::string idle = "nothing finished in 5m, though 1 worker lives and 50 tasks are due > workers";
  BOOST_TEST(wrong_with({up}, status) == idle);
  BOOST_TEST(wrong_with({killed("w", 60)}, status) == "1 of 1 worker OOM-killed, the last 60s ago > workers | " + idle);
  BOOST_TEST(wrong_with({killed("w", 1800)}, status) == idle, "a kill of long ago is over");
  queue::ActorFlow flow{.actor = "a"};
  flow.put_back = 1;
  status.flow.actors = {flow};
  BOOST_TEST(wrong_with({up}, status) == "", "a try that failed is work");
  status.flow.actors.clear();
  status.states[0].oldest = kNoon - 299 * kSecond;
  BOOST_TEST(wrong_with({up}, status) == "", "nobody has waited for long");
  status.states[0].count.later = 50;
  status.heartbeats.workers = {beats("2026.2.1", false)};
  BOOST_TEST(wrong_with({up}, status) == "", "nothing is due");
  status.states[0].count.later = 49;
  BOOST_TEST(wrong_with({up}, status) == "no worker lives, and 1 task is due > workers");
  status.heartbeats.kept = false;
  BOOST_TEST(wrong_with({up}, status) == "", "without heartbeats the pods tell");
  BOOST_TEST(wrong_with({worker("w")}, status) == "no worker lives, and 1 task is due > workers");
  cluster::Inventory drained;
  drained.deployments.emplace_back();
  drained.deployments[0].name = "authentik-worker";
  drained.deployments[0].annotations[cluster::kDrainAnnotation] = "{}";
  const auto wrong = what_is_wrong(drained, queue::QueueStatus(), "");
  BOOST_REQUIRE(wrong.size() == 1u);
  BOOST_TEST(wrong[0].words == "a drain is unfinished: deployment/authentik-worker is at 0");
  BOOST_TEST(wrong[0].is_drain);
}

BOOST_AUTO_TEST_CASE(versions_that_differ) {
  queue::Heartbeats heartbeats;
  heartbeats.workers = {beats("2026.2.1"), beats("2025.12.4"), beats("2025.12.4"), beats("2025.8.0", false)};
  BOOST_TEST(other_versions(heartbeats, "2026.2.1") == "the server runs 2026.2.1, 2 of 3 workers 2025.12.4");
  BOOST_TEST(other_versions(heartbeats, "") == "workers differ: 2 of 3 workers 2025.12.4, 1 of 3 workers 2026.2.1");
  heartbeats.workers = {beats("2026.2.1")};
  BOOST_TEST(other_versions(heartbeats, "2026.2.1") == "");
  BOOST_TEST(other_versions(heartbeats, "") == "");
}

BOOST_AUTO_TEST_CASE(states_as_kubectl_has_them) {
  const auto state = [](cluster::Pod pod) {
    return std::string(commands::worker_cells({&pod, {}, {}, {}}, kNoon, false).at(1).view());
  };
  cluster::Pod pod = worker("w");
  pod.phase = "Pending";
  BOOST_TEST(state(pod) == "Pending");
  pod.trouble = "ImagePullBackOff";
  BOOST_TEST(state(pod) == "ImagePullBackOff");
  pod.phase = "Running";
  pod.trouble.clear();
  BOOST_TEST(state(pod) == "NotReady");
  pod.ready = true;
  BOOST_TEST(state(pod) == "Ready");
  pod.terminating = true;
  BOOST_TEST(state(pod) == "Terminating");
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

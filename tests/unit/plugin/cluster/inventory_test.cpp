#include <boost/test/unit_test.hpp>

#include "cluster/inventory.hpp"

using namespace akqueue;
using namespace akqueue::cluster;

BOOST_AUTO_TEST_SUITE(inventory)

BOOST_AUTO_TEST_CASE(a_worker_pod_that_was_killed) {
  const auto found = read_inventory(R"({"items": [{"kind": "Pod",
    "metadata": {"name": "w-1", "namespace": "sso", "deletionTimestamp": "2026-05-01T12:00:30Z",
                 "labels": {"app.kubernetes.io/component": "worker", "app.kubernetes.io/instance": "authentik"}},
    "spec": {"containers": [{"name": "geoip", "resources": {"limits": {"memory": "64Mi"}}},
                            {"name": "worker", "resources": {"limits": {"memory": "1Gi"}}}]},
    "status": {"phase": "Running", "podIP": "10.0.0.7", "containerStatuses": [
      {"name": "geoip", "restartCount": 1, "lastState": {"terminated": {"reason": "Error", "exitCode": 1,
 "finishedAt": "2026-05-01T11:30:00Z"}}},
      {"name": "worker", "restartCount": 4, "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137,
 "finishedAt": "2026-05-01T11:00:00Z"}}}]}}]})");
  const Pod& pod = found.pods.at(0);
  BOOST_TEST(pod.name_space == "sso");
  BOOST_TEST(pod.ip == "10.0.0.7");
  BOOST_TEST(pod.restarts == 4, "a sidecar's are not the worker's");
  BOOST_TEST(pod.main == "worker");
  BOOST_TEST(pod.memory_limit.value_or(0) == 1 << 30);
  BOOST_TEST(pod.last_end->reason == "OOMKilled");
  BOOST_TEST(pod.last_end->exit_code == 137);
  BOOST_TEST(format_timestamp(pod.last_end->at.value()) == "2026-05-01T11:00:00.000000Z");
  BOOST_TEST(pod.terminating);
  BOOST_TEST(format_timestamp(pod.to_be_gone.value()) == "2026-05-01T12:00:30.000000Z");
}

BOOST_AUTO_TEST_CASE(a_deployment_and_what_scales_it) {
  const auto found = read_inventory(R"({"items": [
    {"kind": "Deployment",
     "metadata": {"name": "sso-worker", "namespace": "sso", "generation": 3, "annotations": {"a": "b"},
                  "labels": {"app.kubernetes.io/component": "worker", "app.kubernetes.io/instance": "sso"}},
     "spec": {"replicas": 3, "selector": {"matchLabels": {"x": "y"}},
 "template": {"spec": {"containers": [{"name": "worker",
       "env": [{"name": "AUTHENTIK_WORKER__THREADS", "value": "4"}, {"name": "SECRET", "valueFrom": {}},
               {"name": "TUNED", "valueFrom": {"configMapKeyRef": {"name": "tuning", "key": "x"}}},
 {"name": "HIDDEN", "valueFrom": {"secretKeyRef": {"name": "s"}}}],
       "envFrom": [{"secretRef": {"name": "sso"}}]}]}}},
     "status": {"readyReplicas": 2, "observedGeneration": 2}},
    {"kind": "HorizontalPodAutoscaler",
     "metadata": {"name": "keda-hpa-sso", "namespace": "sso", "labels": {"scaledobject.keda.sh/name": "sso"}},
     "spec": {"minReplicas": 2, "maxReplicas": 9, "scaleTargetRef": {"kind": "Deployment", "name": "sso-worker"}}},
    {"kind": "Pod", "metadata": {"name": "mine", "namespace": "sso", "labels": {"x": "y", "z": "1"}}},
    {"kind": "Pod", "metadata": {"name": "other", "namespace": "sso", "labels": {"x": "z"}}},
    {"kind": "Pod", "metadata": {"name": "elsewhere", "namespace": "dev", "labels": {"x": "y"}}}]})");
  const Deployment& worker = *found.workers().at(0);
  BOOST_TEST(worker.replicas == 3);
  BOOST_TEST(worker.ready == 2);
  BOOST_TEST(!worker.generation_seen);
  BOOST_TEST(worker.annotations.at("a") == "b");
  BOOST_TEST(worker.environment.at("AUTHENTIK_WORKER__THREADS") == "4");
  BOOST_TEST(worker.environment.count("SECRET") == 0u);
  BOOST_TEST(worker.environment_elsewhere.at("TUNED") == "configmap/tuning");
  BOOST_TEST(worker.environment_elsewhere.at("HIDDEN") == "secret/s");
  BOOST_TEST(worker.environment_from.at(0) == "sso");
  const Autoscaler* scaler = found.autoscaler_of(worker);
  BOOST_REQUIRE(scaler != nullptr);
  BOOST_TEST(scaler->least == 2);
  BOOST_TEST(scaler->most == 9);
  BOOST_TEST(scaler->scaled_object == "sso");
  BOOST_TEST(worker.owns(found.pods[0]));
  BOOST_TEST(!worker.owns(found.pods[1]));
  BOOST_TEST(!worker.owns(found.pods[2]));
}

BOOST_AUTO_TEST_CASE(a_sidecar_that_keeps_it_from_being_ready) {
  const auto found = read_inventory(R"({"items": [{"kind": "Pod", "metadata": {"name": "s"},
    "spec": {"containers": [{"name": "server"}, {"name": "geoip"}]},
    "status": {"phase": "Running", "containerStatuses": [
      {"name": "geoip", "restartCount": 9, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
       "lastState": {"terminated": {"reason": "Error", "exitCode": 1}}},
      {"name": "server", "restartCount": 0, "state": {"running": {}}}]}}]})");
  const Pod& pod = found.pods.at(0);
  BOOST_TEST(pod.restarts == 0);
  BOOST_TEST(!pod.last_end.has_value());
  BOOST_TEST(pod.condition() == "Running, not ready (geoip: CrashLoopBackOff)");
  BOOST_TEST(pod.container_of(Role::server)->running);
}

BOOST_AUTO_TEST_CASE(an_unfinished_drain_tells_a_worker_deployment) {
  const auto found = read_inventory(R"({"items": [{"kind": "Deployment",
    "metadata": {"name": "x", "annotations": {"kubectl-akqueue/drain": "{}"}}}]})");
  BOOST_TEST(found.workers().size() == 1u);
}

BOOST_AUTO_TEST_CASE(quantities) {
  BOOST_TEST(parse_quantity("512Mi").value() == 512 << 20);
  BOOST_TEST(parse_quantity("1.5G").value() == 1'500'000'000);
  BOOST_TEST(parse_quantity("128974848").value() == 128974848);
  BOOST_TEST(parse_quantity("128974848000m").value() == 128974848);
  for (const char* text : {"", "Mi", "-1", "1Zi", "abc", ".5G", "99999999999999999Ti"})
    BOOST_TEST(!parse_quantity(text), text);
}

BOOST_AUTO_TEST_SUITE_END()

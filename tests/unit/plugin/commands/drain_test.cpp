// What a drain leaves on a deployment, who else scales one, and the patches by which it is scaled.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "cluster/owners.hpp"
#include "cluster/scaling.hpp"
#include "commands/drain/plan.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;

namespace {

const std::string kRefused = "The request is invalid: the server rejected our request due to an error in our request";

cluster::Deployment worker(int replicas = 3) {
  cluster::Deployment deployment;
  deployment.name = "authentik-worker";
  deployment.name_space = "sso";
  deployment.roles.worker = true;
  deployment.replicas = replicas;
  deployment.match_labels = {{"app", "worker"}};
  return deployment;
}

cluster::Pod pod_of(const cluster::Deployment& deployment, const std::string& name) {
  cluster::Pod pod;
  pod.name = name;
  pod.name_space = deployment.name_space;
  pod.labels = deployment.match_labels;
  return pod;
}

cluster::DrainNote note() {
  return {3, "alice@laptop", "2026-05-01T12:00:00.000000Z", "INC-42", {"flush", "--only-queued"}};
}

/// A kubectl that ends as it is told.
struct Patching {
  explicit Patching(ScriptedLauncher::Part part)
      : launcher({std::move(part)}), kubectl(launcher, {"kubectl"}, {"--context=prod"}) {}
  ForeignJson patch() const {
    const auto& words = launcher.journal.at(0);
    return ForeignJson::parse(*(std::ranges::find(words, "--patch") + 1));
  }
  ScriptedLauncher launcher;
  cluster::Kubectl kubectl;
};

std::string words_of_owners(const std::vector<cluster::Owner>& owners) {
  std::string words;
  for (const cluster::Owner& owner : owners) words += owner.kind + " " + owner.name + (owner.rival() ? "! " : ". ");
  return words;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drain)

BOOST_AUTO_TEST_CASE(a_note_is_read_as_it_was_written) {
  cluster::Deployment deployment = worker();
  BOOST_TEST(!cluster::drain_note_of(deployment).has_value());
  cluster::DrainNote written = note();
  written.deleted = true;
  deployment.annotations[cluster::kDrainAnnotation] = written.to_text();
  const cluster::DrainNote read = cluster::drain_note_of(deployment).value();
  BOOST_TEST(read.to_text() == written.to_text());
  BOOST_TEST(read.replicas == 3);
  BOOST_TEST(read.deletion == written.deletion, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_note_that_makes_no_sense_is_refused) {
  for (const char* text : {"", "{", "[]", "{}", R"({"version":2,"replicas":3})", R"({"version":1})",
                           R"({"version":1,"replicas":-1})", R"({"version":1,"replicas":"3"})"}) {
    cluster::Deployment deployment = worker();
    deployment.annotations[cluster::kDrainAnnotation] = text;
    BOOST_TEST((error_of([&] { cluster::drain_note_of(deployment); }) == ErrorCode::unsupported), text);
  }
}

BOOST_AUTO_TEST_CASE(scaling_down_tests_what_was_seen) {
  Patching first({});
  BOOST_TEST(cluster::scale_down(first.kubectl, worker(), note()));
  const auto patch = first.patch();
  BOOST_TEST(patch.at(0) == ForeignJson({{"op", "test"}, {"path", "/spec/replicas"}, {"value", 3}}));
  BOOST_TEST(patch.at(1) == ForeignJson({{"op", "test"}, {"path", "/metadata/annotations"}, {"value", nullptr}}));
  BOOST_TEST(patch.back() == ForeignJson({{"op", "replace"}, {"path", "/spec/replicas"}, {"value", 0}}));
  BOOST_TEST(first.launcher.journal.at(0).back() == "--context=prod");

  cluster::Deployment annotated = worker();
  annotated.annotations["a"] = "b";
  Patching second({});
  BOOST_TEST(cluster::scale_down(second.kubectl, annotated, note()));
  BOOST_TEST(second.patch().at(1).at("path") == "/metadata/annotations/kubectl-akqueue~1drain");
}

BOOST_AUTO_TEST_CASE(a_patch_whose_test_fails_changes_nothing) {
  Patching refused({{}, 1, kRefused});
  BOOST_TEST(!cluster::scale_down(refused.kubectl, worker(), note()));
  Patching again({{}, 1, kRefused});
  BOOST_TEST(!cluster::scale_down_again(again.kubectl, worker(), note()));
  Patching back({{}, 1, kRefused});
  BOOST_TEST(!cluster::scale_back(back.kubectl, worker(), 3));
  Patching forbidden({{}, 1, "Error from server (Forbidden): deployments.apps \"x\" is forbidden"});
  BOOST_TEST((error_of([&] { return cluster::scale_back(forbidden.kubectl, worker(), 3); }) == ErrorCode::forbidden));
}

BOOST_AUTO_TEST_CASE(scaling_back_takes_the_note_away_with_it) {
  Patching kubectl({});
  cluster::Deployment noted = worker();
  noted.annotations[cluster::kDrainAnnotation] = "ours";
  BOOST_TEST(cluster::scale_back(kubectl.kubectl, noted, 5));
  BOOST_TEST(kubectl.patch() ==
             ForeignJson::parse(
                 R"([{"op":"test","path":"/spec/replicas","value":0},{"op":"replace","path":"/spec/replicas","value":5},
    {"op":"test","path":"/metadata/annotations/kubectl-akqueue~1drain","value":"ours"},{"op":"remove",
"path":"/metadata/annotations/kubectl-akqueue~1drain"}])"));
  Patching forgetting({});
  BOOST_TEST(cluster::forget_drain(forgetting.kubectl, noted));
  BOOST_TEST(forgetting.patch() ==
             ForeignJson::parse(R"([{"op":"test","path":"/metadata/annotations/kubectl-akqueue~1drain","value":"ours"},
    {"op":"remove","path":"/metadata/annotations/kubectl-akqueue~1drain"}])"));
  Patching unnoted({});
  BOOST_TEST(cluster::scale_back(unnoted.kubectl, worker(), 5));
  BOOST_TEST(
      unnoted.patch() ==
      ForeignJson::parse(
          R"([{"op":"test","path":"/spec/replicas","value":0},{"op":"replace","path":"/spec/replicas","value":5}])"));
}

BOOST_AUTO_TEST_CASE(owners_are_known_by_their_marks) {
  cluster::Inventory inventory;
  cluster::Deployment deployment = worker();
  BOOST_TEST(words_of_owners(cluster::owners_of(inventory, deployment)) == "");
  cluster::Autoscaler scaler{"hpa", "sso", "Deployment", "authentik-worker", 2, 6};
  inventory.autoscalers = {scaler};
  BOOST_TEST(words_of_owners(cluster::owners_of(inventory, deployment)) == "HPA hpa. ");
  inventory.autoscalers[0].keda = true;
  inventory.autoscalers[0].scaled_object = "so";
  BOOST_TEST(words_of_owners(cluster::owners_of(inventory, deployment)) == "KEDA so! ");
  inventory.autoscalers[0].target = "another";
  deployment.annotations["argocd.argoproj.io/tracking-id"] = "sso-app:apps/Deployment:sso/authentik-worker";
  BOOST_TEST(words_of_owners(cluster::owners_of(inventory, deployment)) == "Argo CD sso-app! ");
  deployment.annotations.clear();
  deployment.labels["helm.toolkit.fluxcd.io/name"] = "authentik";
  BOOST_TEST(words_of_owners(cluster::owners_of(inventory, deployment)) == "Flux authentik! ");
  inventory.refused = {"horizontalpodautoscalers"};
  BOOST_TEST(words_of_owners(cluster::owners_of(inventory, deployment)) == "HPA . Flux authentik! ");
}

BOOST_AUTO_TEST_CASE(every_worker_goes_down_or_none_does) {
  cluster::Inventory inventory;
  inventory.deployments = {worker()};
  inventory.pods = {pod_of(worker(), "w1")};
  cluster::Pod other = pod_of(worker(), "w2");
  other.labels = {{"app", "of-a-stateful-set"}};
  inventory.pods.push_back(other);
  const auto plan_words = [&](DrainRequest::Mode mode = DrainRequest::Mode::begin) {
    return words_of([&] { make_plan({.mode = mode}, inventory, {}); });
  };
  BOOST_TEST(plan_words() == "no error", "it is no worker");
  inventory.pods[1].roles.worker = true;
  BOOST_TEST(
      plan_words().starts_with("can't drain: no worker deployment that is known owns w2, which would keep "
                               "working; nothing was deleted | --worker-deployment NAME"));
  BOOST_TEST(plan_words(DrainRequest::Mode::cancel) == "no error", "the way back stays open");
  inventory.pods[1].terminating = true;
  BOOST_TEST(plan_words() == "no error");
  inventory.deployments[0].roles.server = true;
  BOOST_TEST(plan_words().starts_with("can't drain: deployment/authentik-worker runs the server beside the worker"));
  inventory.deployments.clear();
  BOOST_TEST(plan_words().find("--worker-deployment NAME names one, --worker-selector LABELS") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_plan_knows_each_deployment) {
  cluster::Inventory inventory;
  cluster::Deployment at_zero = worker(0);
  at_zero.name = "authentik-ldap-worker";
  at_zero.match_labels = {{"app", "ldap"}};
  inventory.deployments = {worker(), at_zero};
  inventory.pods = {pod_of(worker(), "w1"), pod_of(worker(), "w2"), pod_of(worker(), "w3")};
  DrainPlan plan = make_plan({}, inventory, {.name_space = {}, .pod = {}, .container = {}});
  plan.timeout = std::chrono::seconds(120);
  plan.deletion = "queue default and all of its history: 12 tasks";
  BOOST_TEST(describe(plan) ==
             "plan:\n"
             "  1  scale deployment/authentik-worker from 3 to 0, and note on it what brings it back\n"
             "  2  deployment/authentik-ldap-worker is at 0 already\n"
             "  3  wait until 3 worker pods are gone, at most 2m\n"
             "  4  delete queue default and all of its history: 12 tasks\n"
             "  5  scale deployment/authentik-worker back to 3\n"
             "  6  leave deployment/authentik-ldap-worker at 0, where it was\n"
             "  7  wait until the workers are Ready, at most 2m\n");
  plan.drained[0].down = true;
  BOOST_TEST(describe(plan).view().find(
                 "scale deployment/authentik-worker from 3 to 0 again: something has scaled it up since") !=
             std::string::npos);
  plan.deletes = false;
  BOOST_TEST(describe(plan).view().starts_with("plan:\n  1  scale deployment/authentik-worker back to 3\n"));
}

BOOST_AUTO_TEST_SUITE_END()

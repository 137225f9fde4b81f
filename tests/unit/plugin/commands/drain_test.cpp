// What a drain leaves on a deployment, who else scales one, and the patches by which it is scaled.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "cluster/owners.hpp"
#include "cluster/scaling.hpp"
#include "commands/drain/plan.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::testing;

namespace {

const std::string kRefused = "The request is invalid: the server rejected our request due to an error in our request";

Deployment worker(int replicas = 3) {
  Deployment deployment;
  deployment.name = "authentik-worker";
  deployment.name_space = "sso";
  deployment.component = "worker";
  deployment.replicas = replicas;
  deployment.match_labels = {{"app", "worker"}};
  return deployment;
}

Pod pod_of(const Deployment& deployment, const std::string& name) {
  Pod pod;
  pod.name = name;
  pod.name_space = deployment.name_space;
  pod.labels = deployment.match_labels;
  return pod;
}

DrainNote note() { return {3, "alice@laptop", "2026-05-01T12:00:00.000000Z", "INC-42", {"flush", "--only-queued"}}; }

/// A kubectl that ends as it is told.
struct Patching {
  explicit Patching(ScriptedLauncher::Part part)
      : launcher({std::move(part)}), kubectl(launcher, {"kubectl"}, {"--context=prod"}) {}
  ForeignJson patch() const {
    const auto& words = launcher.journal.at(0);
    return ForeignJson::parse(*(std::ranges::find(words, "--patch") + 1));
  }
  ScriptedLauncher launcher;
  Kubectl kubectl;
};

std::string words_of_owners(const std::vector<Owner>& owners) {
  std::string words;
  for (const Owner& owner : owners) words += owner.kind + " " + owner.name + (owner.rival() ? "! " : ". ");
  return words;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drain)

BOOST_AUTO_TEST_CASE(a_note_is_read_as_it_was_written) {
  Deployment deployment = worker();
  BOOST_TEST(!drain_note_of(deployment).has_value());
  DrainNote written = note();
  written.deleted = true;
  deployment.annotations[kDrainAnnotation] = written.to_text();
  const DrainNote read = drain_note_of(deployment).value();
  BOOST_TEST(read.to_text() == written.to_text());
  BOOST_TEST(read.replicas == 3);
  BOOST_TEST(read.deletion == written.deletion, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_note_that_makes_no_sense_is_refused) {
  for (const char* text : {"", "{", "[]", "{}", R"({"version":2,"replicas":3})", R"({"version":1})",
                           R"({"version":1,"replicas":-1})", R"({"version":1,"replicas":"3"})"}) {
    Deployment deployment = worker();
    deployment.annotations[kDrainAnnotation] = text;
    BOOST_TEST((error_of([&] { drain_note_of(deployment); }) == ErrorCode::unsupported), text);
  }
}

BOOST_AUTO_TEST_CASE(scaling_down_tests_what_was_seen) {
  Patching first({});
  BOOST_TEST(scale_down(first.kubectl, worker(), note()));
  const auto patch = first.patch();
  BOOST_TEST(patch.at(0) == ForeignJson({{"op", "test"}, {"path", "/spec/replicas"}, {"value", 3}}));
  BOOST_TEST(patch.at(1) == ForeignJson({{"op", "test"}, {"path", "/metadata/annotations"}, {"value", nullptr}}));
  BOOST_TEST(patch.back() == ForeignJson({{"op", "replace"}, {"path", "/spec/replicas"}, {"value", 0}}));
  BOOST_TEST(first.launcher.journal.at(0).back() == "--context=prod");

  Deployment annotated = worker();
  annotated.annotations["a"] = "b";
  Patching second({});
  BOOST_TEST(scale_down(second.kubectl, annotated, note()));
  BOOST_TEST(second.patch().at(1).at("path") == "/metadata/annotations/kubectl-akqueue~1drain");
}

BOOST_AUTO_TEST_CASE(a_patch_whose_test_fails_changes_nothing) {
  Patching refused({{}, 1, kRefused});
  BOOST_TEST(!scale_down(refused.kubectl, worker(), note()));
  Patching again({{}, 1, kRefused});
  BOOST_TEST(!scale_down_again(again.kubectl, worker(), note()));
  Patching back({{}, 1, kRefused});
  BOOST_TEST(!scale_back(back.kubectl, worker(), 3));
  Patching forbidden({{}, 1, "Error from server (Forbidden): deployments.apps \"x\" is forbidden"});
  BOOST_TEST((error_of([&] { return scale_back(forbidden.kubectl, worker(), 3); }) == ErrorCode::forbidden));
}

BOOST_AUTO_TEST_CASE(scaling_back_takes_the_note_away_with_it) {
  Patching kubectl({});
  Deployment noted = worker();
  noted.annotations[kDrainAnnotation] = "ours";
  BOOST_TEST(scale_back(kubectl.kubectl, noted, 5));
  BOOST_TEST(kubectl.patch() ==
             ForeignJson::parse(
                 R"([{"op":"test","path":"/spec/replicas","value":0},{"op":"replace","path":"/spec/replicas","value":5},
    {"op":"test","path":"/metadata/annotations/kubectl-akqueue~1drain","value":"ours"},{"op":"remove",
"path":"/metadata/annotations/kubectl-akqueue~1drain"}])"));
  Patching forgetting({});
  BOOST_TEST(forget_drain(forgetting.kubectl, noted));
  BOOST_TEST(forgetting.patch() ==
             ForeignJson::parse(R"([{"op":"test","path":"/metadata/annotations/kubectl-akqueue~1drain","value":"ours"},
    {"op":"remove","path":"/metadata/annotations/kubectl-akqueue~1drain"}])"));
  Patching unnoted({});
  BOOST_TEST(scale_back(unnoted.kubectl, worker(), 5));
  BOOST_TEST(
      unnoted.patch() ==
      ForeignJson::parse(
          R"([{"op":"test","path":"/spec/replicas","value":0},{"op":"replace","path":"/spec/replicas","value":5}])"));
}

BOOST_AUTO_TEST_CASE(owners_are_known_by_their_marks) {
  Inventory inventory;
  Deployment deployment = worker();
  BOOST_TEST(words_of_owners(owners_of(inventory, deployment)) == "");
  Autoscaler scaler{"hpa", "sso", "Deployment", "authentik-worker", 2, 6};
  inventory.autoscalers = {scaler};
  BOOST_TEST(words_of_owners(owners_of(inventory, deployment)) == "HPA hpa. ");
  inventory.autoscalers[0].keda = true;
  inventory.autoscalers[0].scaled_object = "so";
  BOOST_TEST(words_of_owners(owners_of(inventory, deployment)) == "KEDA so! ");
  inventory.autoscalers[0].target = "another";
  deployment.annotations["argocd.argoproj.io/tracking-id"] = "sso-app:apps/Deployment:sso/authentik-worker";
  BOOST_TEST(words_of_owners(owners_of(inventory, deployment)) == "Argo CD sso-app! ");
  deployment.annotations.clear();
  deployment.labels["helm.toolkit.fluxcd.io/name"] = "authentik";
  BOOST_TEST(words_of_owners(owners_of(inventory, deployment)) == "Flux authentik! ");
  inventory.refused = {"horizontalpodautoscalers"};
  BOOST_TEST(words_of_owners(owners_of(inventory, deployment)) == "HPA . Flux authentik! ");
}

BOOST_AUTO_TEST_CASE(a_plan_knows_each_deployment) {
  Inventory inventory;
  Deployment at_zero = worker(0);
  at_zero.name = "authentik-ldap-worker";
  at_zero.match_labels = {{"app", "ldap"}};
  inventory.deployments = {worker(), at_zero};
  inventory.pods = {pod_of(worker(), "w1"), pod_of(worker(), "w2"), pod_of(worker(), "w3")};
  DrainPlan plan = make_plan(inventory);
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
  BOOST_TEST(
      describe(plan).find("scale deployment/authentik-worker from 3 to 0 again: something has scaled it up since") !=
      std::string::npos);
  plan.deletes = false;
  BOOST_TEST(describe(plan).starts_with("plan:\n  1  scale deployment/authentik-worker back to 3\n"));
}

BOOST_AUTO_TEST_SUITE_END()

// What is asked of kubectl to find authentik, and what somebody has said about which pod is what.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "cluster/discovery.hpp"
#include "cluster/take_inventory.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::cluster;
using namespace akqueue::testing;
using Words = std::vector<std::string>;

namespace {

using FoundLabels = std::map<std::string, std::string>;

ForeignJson found_pod(const std::string& name, const FoundLabels& labels, const std::string& runs,
                      const std::string& image = "ghcr.io/goauthentik/server:1") {
  const ForeignJson container{{"name", "main"}, {"image", image}, {"args", {runs}}};
  return {{"kind", "Pod"},
          {"metadata", {{"name", name}, {"namespace", "sso"}, {"labels", labels}}},
          {"spec", {{"containers", {container}}}},
          {"status", {{"phase", "Running"}, {"conditions", {{{"type", "Ready"}, {"status", "True"}}}}}}};
}

ForeignJson found_deployment(const std::string& name, const FoundLabels& labels, const std::string& runs) {
  const ForeignJson container{{"name", "main"}, {"image", "ghcr.io/goauthentik/server:1"}, {"args", {runs}}};
  return {{"kind", "Deployment"},
          {"metadata", {{"name", name}, {"namespace", "sso"}, {"labels", labels}}},
          {"spec",
           {{"replicas", 1},
            {"selector", {{"matchLabels", labels}}},
            {"template", {{"metadata", {{"labels", labels}}}, {"spec", {{"containers", {container}}}}}}}}};
}

std::string list_of(const std::vector<ForeignJson>& items) { return ForeignJson{{"items", items}}.dump(); }

ScriptedLauncher::Part answers(const std::vector<ForeignJson>& items) { return {{list_of(items)}, 0, ""}; }

Search in_sso() {
  Search search;
  search.name_space = "sso";
  return search;
}

struct Asked {
  explicit Asked(std::vector<ScriptedLauncher::Part> parts) : launcher(std::move(parts)) {}
  Inventory take(const Search& search = in_sso(), const char* kinds = kPodsAndDeployments) {
    return take_inventory(kubectl, search, kinds);
  }
  bool by_labels(std::size_t call) const { return std::ranges::count(launcher.journal.at(call), "--selector") == 1; }

  ScriptedLauncher launcher;
  Kubectl kubectl{launcher, {"kubectl"}, {}};
};

std::string names_of_workers(const Inventory& inventory) {
  std::string names;
  for (const Deployment* one : inventory.workers()) names += one->name + " ";
  for (const Pod& pod : inventory.pods) names += pod.roles.worker ? pod.name + " " : "";
  return names;
}

const Deployment* found_named(const Inventory& inventory, const std::string& name) {
  const auto found = std::ranges::find(inventory.deployments, name, &Deployment::name);
  return found == inventory.deployments.end() ? nullptr : &*found;
}

/// Hand-made manifests: no label of authentik's, and a neighbour that runs something called server.
std::vector<ForeignJson> hand_made() {
  return {found_pod("web-1", {{"app", "web"}}, "server"), found_pod("tasks-1", {{"app", "tasks"}}, "worker"),
          found_pod("minio-0", {{"app", "minio"}}, "server", "minio/minio"),
          found_deployment("tasks", {{"app", "tasks"}}, "worker"),
          found_deployment("tasks-ldap", {{"app", "ldap"}}, "worker")};
}

const FoundLabels kChart{{"app.kubernetes.io/name", "authentik"}, {"app.kubernetes.io/instance", "idp"}};

}  // namespace

BOOST_AUTO_TEST_SUITE(taking_inventory)

BOOST_AUTO_TEST_CASE(one_question_where_labels_find_both) {
  Asked asked({answers({found_pod("s", kChart, "server"), found_pod("w", kChart, "worker")})});
  BOOST_TEST(!asked.take().without_labels);
  BOOST_TEST(asked.launcher.journal.size() == 1u);
  BOOST_TEST(asked.by_labels(0));
}

BOOST_AUTO_TEST_CASE(a_second_one_finds_what_no_label_tells) {
  Asked asked({answers({}), answers(hand_made())});
  const Inventory found = asked.take();
  BOOST_TEST(!asked.by_labels(1));
  BOOST_TEST(found.without_labels);
  BOOST_TEST(found.pods.size() == 2u, "a neighbour is none of authentik's");
  BOOST_TEST(names_of_workers(found) == "tasks tasks-ldap tasks-1 ");
  BOOST_TEST(choose_server(found, in_sso()).pod == "web-1");
}

/// As with a webhook that writes into each pod what it runs.
BOOST_AUTO_TEST_CASE(a_deployment_is_what_its_pods_are) {
  std::vector<ForeignJson> items = hand_made();
  for (const char* name : {"tasks", "web"})
    items.push_back(found_deployment(name + std::string("-silent"), {{"app", name}}, "something"));
  Asked asked({answers({}), answers(items)});
  const Inventory found = asked.take();
  BOOST_TEST(names_of_workers(found) == "tasks tasks-ldap tasks-silent tasks-1 ");
  const Deployment* web = found_named(found, "web-silent");
  BOOST_REQUIRE(web != nullptr);
  BOOST_TEST((web->roles == Roles{.server = true, .worker = false}));
}

BOOST_AUTO_TEST_CASE(a_later_look_asks_as_the_first_one_did) {
  Asked asked({answers(hand_made())});
  Search search = in_sso();
  search.without_labels = true;
  BOOST_TEST(asked.take(search, "pods").pods.size() == 2u);
  BOOST_TEST(asked.launcher.journal.size() == 1u);
}

BOOST_AUTO_TEST_CASE(half_a_site_under_the_label) {
  auto worker = found_pod("w", {{"app", "tasks"}}, "worker");
  Asked asked({answers({found_pod("s", kChart, "server")}), answers({found_pod("s", kChart, "server"), worker})});
  const Inventory found = asked.take();
  BOOST_TEST(names_of_workers(found) == "w ");
  BOOST_TEST(found.releases() == Words{"idp"}, boost::test_tools::per_element());
  Asked only_servers({answers({found_pod("s", kChart, "server")}), {{}, 1, "Unable to connect to the server"}});
  BOOST_TEST(only_servers.take().pods.size() == 1u);
  Asked nothing({answers({}), {{}, 1, "Unable to connect to the server"}});
  BOOST_TEST((error_of([&] { nothing.take(); }) == ErrorCode::kubectl_failed));
}

/// A worker deployment that somebody made beside the chart's.
BOOST_AUTO_TEST_CASE(all_workers_where_that_matters) {
  const std::vector<ForeignJson> labelled{found_pod("s", kChart, "server"), found_pod("w", kChart, "worker")};
  std::vector<ForeignJson> all = labelled;
  all.push_back(found_pod("tasks-1", {{"app", "tasks"}}, "worker"));
  Search search = in_sso();
  search.all_workers = true;
  Asked more({answers(labelled), answers(all)});
  const Inventory found = more.take(search);
  BOOST_TEST(found.without_labels);
  BOOST_TEST(names_of_workers(found.of_release("idp")) == "w tasks-1 ");
  Asked no_more({answers(labelled), answers(labelled)});
  BOOST_TEST(!no_more.take(search).without_labels);
  search.name_space.clear();
  Asked everywhere({answers(labelled)});
  everywhere.take(search);
  BOOST_TEST(everywhere.launcher.journal.size() == 1u, "in a whole cluster labels do");
}

BOOST_AUTO_TEST_CASE(no_worker_is_left_only_if_there_is_none) {
  auto gone = found_deployment("w", kChart, "worker");
  gone["spec"]["replicas"] = 0;
  const std::vector<ForeignJson> labelled{found_pod("s", kChart, "server"), gone};
  std::vector<ForeignJson> all = labelled;
  all.push_back(found_pod("tasks-1", {{"app", "tasks"}}, "worker"));
  Asked asked({answers(labelled), answers(all)});
  BOOST_TEST(!asked.take().workers_gone());
  Asked really({answers(labelled), answers(labelled)});
  BOOST_TEST(really.take().workers_gone());
}

BOOST_AUTO_TEST_CASE(another_ones_workers_are_left_alone) {
  FoundLabels second = kChart;
  second["app.kubernetes.io/instance"] = "test";
  const std::vector<ForeignJson> labelled{found_pod("a", kChart, "server"), found_pod("b", second, "server"),
                                          found_pod("w", kChart, "worker")};
  std::vector<ForeignJson> all = labelled;
  all.push_back(found_pod("whose", {{"app", "tasks"}}, "worker"));
  Search search = in_sso();
  search.all_workers = true;
  Asked asked({answers(labelled), answers(all)});
  BOOST_TEST(asked.take(search).releases() == (Words{"idp", "test"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_selector_that_was_typed_is_kept_to) {
  Asked asked({answers({})});
  Search search = in_sso();
  search.selector = "app=x";
  search.selector_given = true;
  BOOST_TEST(asked.take(search).pods.empty());
  BOOST_TEST(asked.launcher.journal.size() == 1u);
}

BOOST_AUTO_TEST_CASE(only_pods_may_be_listed) {
  const std::string refusal = "Error from server (Forbidden): x is forbidden: User \"x\" cannot list resource ";
  Asked asked({{{list_of({found_pod("s", kChart, "server"), found_pod("w", kChart, "worker")})},
                1,
                refusal + "\"deployments\""},
               {{list_of({})}, 1, refusal + "\"pods\""}});
  BOOST_TEST(asked.take().refused == Words{"deployments"}, boost::test_tools::per_element());
  BOOST_TEST((error_of([&] { asked.take(); }) == ErrorCode::forbidden));
}

BOOST_AUTO_TEST_CASE(what_somebody_says_counts) {
  Search search = in_sso();
  search.server_selector = "app=minio";
  Asked minio({answers(hand_made())});
  const Inventory servers = minio.take(search);
  BOOST_TEST(!minio.by_labels(0));
  BOOST_TEST(choose_server(servers, search).pod == "minio-0");
  BOOST_TEST(names_of_workers(servers) == "tasks tasks-ldap tasks-1 ");

  search = in_sso();
  search.worker_deployments = {"tasks-ldap"};
  Asked deployments({answers(hand_made())});
  BOOST_TEST(names_of_workers(deployments.take(search)) == "tasks-ldap ");
  search.worker_selector = "app in (tasks)";
  Asked both({answers(hand_made())});
  BOOST_TEST(names_of_workers(both.take(search)) == "tasks tasks-ldap tasks-1 ");
}

BOOST_AUTO_TEST_CASE(a_worker_stays_one_whatever_is_said) {
  Search search = in_sso();
  search.server_selector = "app=tasks";
  search.worker_deployments = {"tasks-ldap"};
  Asked asked({answers(hand_made())});
  const Inventory found = asked.take(search);
  BOOST_TEST(words_of([&] { choose_server(found, search); }).find("tasks-1: is a worker") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_deployment_that_is_not_there) {
  Search search = in_sso();
  search.worker_deployments = {"gone"};
  Asked asked({answers(hand_made()), {{list_of({})}, 1, "cannot list resource \"deployments\""}});
  BOOST_TEST(
      words_of([&] {
        asked.take(search);
      }).starts_with("--worker-deployment: no deployment gone in namespace sso | kubectl get deployments -n sso"));
  BOOST_TEST((error_of([&] { asked.take(search); }) == ErrorCode::forbidden));
  BOOST_TEST(inventory_words(search, "pods").at(1) == "pods,deployments", "its pods are known by it");
}

BOOST_AUTO_TEST_CASE(named_workers_belong_to_the_release_with_the_server) {
  FoundLabels other = kChart;
  other["app.kubernetes.io/instance"] = "idp-ldap";
  Search search = in_sso();
  search.worker_deployments = {"ldap"};
  Asked asked({answers({found_pod("s", kChart, "server"), found_deployment("ldap", other, "worker")})});
  const Inventory found = asked.take(search);
  BOOST_TEST(found.releases() == Words{"idp"}, boost::test_tools::per_element());
  BOOST_TEST(found.of_release("idp").workers().size() == 1u);
}

BOOST_AUTO_TEST_CASE(two_releases_adopt_nothing) {
  FoundLabels second = kChart;
  second["app.kubernetes.io/instance"] = "test";
  auto labels = FoundLabels{{"app.kubernetes.io/name", "authentik"}};
  Asked asked({answers(
      {found_pod("a", kChart, "server"), found_pod("b", second, "server"), found_pod("w", labels, "worker")})});
  BOOST_TEST(asked.take().releases() == (Words{"", "idp", "test"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>

#include "akqueue/json.hpp"
#include "cluster/context.hpp"
#include "cluster/discovery.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::cluster;
using namespace akqueue::testing;
namespace {

ForeignJson pod(const std::string& name, const std::string& component, bool ready,
                const std::string& started = "2026-05-01T10:00:00Z") {
  return {{"kind", "Pod"},
          {"metadata",
           {{"name", name},
            {"labels", {{"app.kubernetes.io/component", component}, {"app.kubernetes.io/instance", "authentik"}}}}},
          {"spec", {{"containers", {{{"name", component}}}}}},
          {"status",
           {{"phase", "Running"},
            {"startTime", started},
            {"conditions", {{{"type", "Ready"}, {"status", ready ? "True" : "False"}}}},
            {"containerStatuses",
             {{{"name", component},
               {"restartCount", 2},
               {"state", {{"running", ForeignJson::object()}}},
               {"lastState", {{"terminated", {{"reason", "OOMKilled"}}}}}}}}}}};
}

Inventory inventory_of(const std::vector<ForeignJson>& items) {
  return read_inventory(ForeignJson{{"kind", "List"}, {"items", items}}.dump());
}

Search search() {
  Search search;
  search.name_space = "authentik";
  return search;
}

ForeignJson down(ForeignJson one) {
  one["status"]["containerStatuses"][0]["state"] = {{"waiting", {{"reason", "CrashLoopBackOff"}}}};
  return one;
}

ForeignJson terminating(ForeignJson one) {
  one["metadata"]["deletionTimestamp"] = "2026-05-01T11:00:00Z";
  return one;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(discovery)

BOOST_AUTO_TEST_CASE(the_oldest_ready_server_is_taken) {
  const auto inventory =
      inventory_of({pod("worker-1", "worker", true, "2026-04-01T00:00:00Z"),
                    pod("server-new", "server", true, "2026-05-01T11:00:00Z"), pod("server-old", "server", true),
                    pod("server-sick", "server", false, "2026-04-01T00:00:00Z"),
                    terminating(pod("server-going", "server", true, "2026-04-01T00:00:00Z"))});
  const Target target = choose_server(inventory, search());
  BOOST_TEST(target.pod == "server-old");
  BOOST_TEST(target.container == "server");
  BOOST_TEST(target.instance == "authentik");
}

BOOST_AUTO_TEST_CASE(never_a_worker) {
  const auto inventory = inventory_of({pod("worker-1", "worker", true)});
  BOOST_TEST((error_of([&] { choose_server(inventory, search()); }) == ErrorCode::no_server_pod));
  Search asked = search();
  asked.pod = "worker-1";
  asked.container = "worker";
  BOOST_TEST(
      words_of([&] { choose_server(inventory, asked); }) ==
      "pod worker-1 can't be entered: it is a worker | leave --pod out to enter a server; --allow-worker enters it "
      "nevertheless");
}

BOOST_AUTO_TEST_CASE(a_worker_without_its_label_is_known_by_its_container) {
  ForeignJson nameless = pod("x", "worker", true);
  nameless["metadata"].erase("labels");
  Search asked = search();
  asked.pod = "x";
  asked.container = "worker";
  BOOST_TEST((error_of([&] { choose_server(inventory_of({nameless}), asked); }) == ErrorCode::no_server_pod));
}

BOOST_AUTO_TEST_CASE(nor_under_another_label) {
  ForeignJson other = pod("x", "authentik-worker", true);
  other["spec"]["containers"][0]["name"] = "worker";
  Search asked = search();
  asked.pod = "x";
  asked.container = "worker";
  BOOST_TEST(words_of([&] {
               choose_server(inventory_of({other}), asked);
             }).starts_with("pod x can't be entered: it is a worker"));
}

BOOST_AUTO_TEST_CASE(an_inventory_of_one_release) {
  ForeignJson staging = pod("server-2", "server", true);
  staging["metadata"]["labels"]["app.kubernetes.io/instance"] = "staging";
  const auto inventory = inventory_of({pod("server-1", "server", true), staging});
  BOOST_TEST((inventory.releases() == std::vector<std::string>{"authentik", "staging"}));
  BOOST_TEST(choose_server(inventory.of_release("staging"), search()).pod == "server-2");
  BOOST_TEST(choose_server(inventory.of_release("authentik"), search()).pod == "server-1");
  BOOST_TEST(inventory.of_release("nowhere").pods.empty());
}

BOOST_AUTO_TEST_CASE(no_server_says_what_state_they_are_in) {
  const auto words = words_of([] {
    choose_server(
        inventory_of({down(pod("server-sick", "server", false)), terminating(pod("server-going", "server", true))}),
        search());
  });
  BOOST_TEST(words.find("server-sick: is Running, not ready (CrashLoopBackOff)") != std::string::npos, words);
  BOOST_TEST(words.find("server-going: is terminating") != std::string::npos, words);
}

BOOST_AUTO_TEST_CASE(a_server_scaled_to_zero_is_said) {
  const ForeignJson deployment{
      {"kind", "Deployment"},
      {"metadata", {{"name", "authentik-server"}, {"labels", {{"app.kubernetes.io/component", "server"}}}}},
      {"spec", {{"replicas", 0}}},
      {"status", ForeignJson::object()}};
  const auto words =
      words_of([&] { choose_server(inventory_of({deployment, pod("worker-1", "worker", true)}), search()); });
  BOOST_TEST(words.find("scaled to 0") != std::string::npos, words);
  BOOST_TEST(words.find("kubectl scale deployment/authentik-server") != std::string::npos, words);
}

BOOST_AUTO_TEST_CASE(the_pod_that_was_asked_for) {
  const auto inventory = inventory_of(
      {pod("server-1", "server", true), pod("server-2", "server", true), pod("server-3", "server", false)});
  Search asked = search();
  asked.pod = "server-2";
  BOOST_TEST(choose_server(inventory, asked).pod == "server-2");
  asked.pod = "server-3";
  BOOST_TEST(choose_server(inventory, asked).note == "pod server-3 is Running, not ready (OOMKilled)");
  asked.pod = "nowhere";
  BOOST_TEST((error_of([&] { choose_server(inventory, asked); }) == ErrorCode::no_server_pod));
  asked.pod = "server-1";
  asked.container = "geoip";
  const auto words = words_of([&] { choose_server(inventory, asked); });
  BOOST_TEST(words.find("no container 'geoip' (it has server)") != std::string::npos, words);
}

BOOST_AUTO_TEST_CASE(foreign_json_does_no_harm) {
  for (const char* text : {"", "[]", "null", "{", "{\"items\":3}"}) {
    BOOST_TEST((error_of([&] { read_inventory(text); }) == ErrorCode::kubectl_failed), text);
  }
  const auto inventory =
      read_inventory(R"({"items":[1,null,{"kind":"Pod"},{"kind":"Pod","metadata":[],"status":{"conditions":"x"}}]})");
  BOOST_TEST(inventory.pods.size() == 2u);
  BOOST_TEST((error_of([&] { choose_server(inventory, search()); }) == ErrorCode::no_server_pod));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_ready_is_entered_where_none_is) {
  const auto sick = pod("server-sick", "server", false);
  const auto inventory = inventory_of({sick, down(pod("server-down", "server", false, "2026-04-01T00:00:00Z"))});
  const Target target = choose_server(inventory, search());
  BOOST_TEST(target.pod == "server-sick");
  BOOST_TEST(target.note ==
             "no server pod is Ready: entering server-sick, whose container runs (Running, not ready (OOMKilled))");
  BOOST_TEST(choose_server(inventory_of({sick, pod("server-new", "server", true)}), search()).pod == "server-new");
  Search asked = search();
  asked.pod = "server-down";
  BOOST_TEST(words_of([&] { choose_server(inventory, asked); }).starts_with("pod server-down can't be entered: it is"));
  asked.pod = "going";
  BOOST_TEST(choose_server(inventory_of({terminating(pod("going", "server", true))}), asked).note ==
             "pod going is terminating: it may be gone soon");
}

BOOST_AUTO_TEST_CASE(a_worker_only_where_it_is_allowed) {
  const auto both = inventory_of({pod("worker-1", "worker", true), pod("server-1", "server", false)});
  Search allowed = search();
  allowed.allow_worker = true;
  BOOST_TEST(choose_server(both, allowed).pod == "server-1");
  const auto workers = inventory_of({pod("worker-1", "worker", true)});
  const Target target = choose_server(workers, allowed);
  BOOST_TEST(target.pod == "worker-1");
  BOOST_TEST(target.container == "worker");
  BOOST_TEST(target.note.starts_with("entering a worker"));
  allowed.pod = "worker-1";
  BOOST_TEST(choose_server(both, allowed).pod == "worker-1");
  BOOST_TEST(words_of([&] { choose_server(workers, search()); }).find("--server-selector LABELS or --pod") !=
             std::string::npos);
}

/// One pod with both: its server container, never the other.
BOOST_AUTO_TEST_CASE(both_in_one_pod_is_entered_as_a_server) {
  ForeignJson both = pod("authentik-0", "", true);
  both["spec"]["containers"] = {{{"name", "worker"}}, {{"name", "server"}}};
  const auto inventory = inventory_of({both});
  BOOST_TEST((inventory.pods[0].roles == Roles{true, true}));
  BOOST_TEST(choose_server(inventory, search()).container == "server");
  Search asked = search();
  asked.container = "worker";
  BOOST_TEST((error_of([&] { choose_server(inventory, asked); }) == ErrorCode::no_server_pod));
  asked.pod = "authentik-0";
  BOOST_TEST((error_of([&] { choose_server(inventory, asked); }) == ErrorCode::no_server_pod));
}

BOOST_AUTO_TEST_CASE(a_site_with_names_of_its_own) {
  ForeignJson web = pod("authentik-web-1", "web", true);
  web["spec"]["containers"][0]["args"] = {"server"};
  ForeignJson tasks = pod("authentik-tasks-1", "tasks", true);
  tasks["spec"]["containers"][0]["args"] = {"worker"};
  const auto inventory = inventory_of({tasks, web});
  const Target target = choose_server(inventory, search());
  BOOST_TEST(target.pod == "authentik-web-1");
  BOOST_TEST(target.container == "web");
  BOOST_TEST(inventory.pods[0].roles.worker);
}

BOOST_AUTO_TEST_CASE(context_and_its_namespace) {
  const Context context = parse_context(
      R"({"current-context":"prod","contexts":[{"name":"dev","context":{"namespace":"no"}},{"name":"prod",)"
      R"("context":{"namespace":"sso"}}]})");
  BOOST_TEST(context.name == "prod");
  BOOST_TEST(context.name_space == "sso");
  BOOST_TEST(parse_context(R"({"current-context":"prod","contexts":[{"name":"prod","context":{}}]})").name_space == "");
  BOOST_TEST(parse_context("rubbish").name == "");
  BOOST_TEST(parse_context(R"({"contexts":null,"current-context":""})").name == "");
}

BOOST_AUTO_TEST_SUITE_END()

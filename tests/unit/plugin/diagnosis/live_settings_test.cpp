// The settings in force: what the server tells, what the deployments' own environments say, and what neither can.
#include <boost/test/unit_test.hpp>
#include <map>

#include "diagnosis/live_settings.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::diagnosis;
using namespace akqueue::testing;

namespace {

cluster::Deployment server_or_worker(const std::string& component, std::vector<std::string> environment_from,
                                     const std::string& name = "") {
  cluster::Deployment one;
  one.roles = {component == "server", component == "worker"};
  one.name = name.empty() ? "authentik-" + component : name;
  one.environment_from = std::move(environment_from);
  return one;
}

/// What the agent answers: upstream's defaults, and `set` from the server's environment.
std::string told(const std::map<std::string, std::string>& set) {
  Json settings = Json::array();
  for (const WorkerSetting& known : kWorkerSettings) {
    const auto own = set.find(std::string(known.name));
    const bool is_set = own != set.end();
    settings.push_back({{"name", known.name},
                        {"value", is_set ? own->second : std::string(known.fallback)},
                        {"source", is_set ? "environment" : "configuration"},
                        {"from", is_set ? Json("AUTHENTIK_X") : Json()}});
  }
  return "= " + Json{{"settings", settings}}.dump();
}

std::vector<queue::LiveSetting> read(const cluster::Inventory& inventory,
                                     const std::map<std::string, std::string>& set = {}) {
  std::vector<std::string> sent;
  session::Session session(std::make_unique<ScriptedChannel>(std::vector<std::string>{told(set)}, sent));
  return read_settings(session, inventory);
}

std::string words(const std::vector<queue::LiveSetting>& settings, std::string_view name) {
  std::string text;
  for (const queue::LiveSetting& one : settings) {
    if (one.known->name == name)
      text += (text.empty() ? "" : "; ") + (one.deployment.empty() ? "" : one.deployment + ": ") + one.value + " " +
              one.source + (one.from.empty() ? "" : " " + one.from);
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(settings_reading)

BOOST_AUTO_TEST_CASE(what_both_share_is_the_servers) {
  cluster::Inventory inventory;
  inventory.deployments = {server_or_worker("server", {"authentik"}), server_or_worker("worker", {"authentik"})};
  const auto settings = read(inventory, {{"worker.threads", "8"}});
  BOOST_TEST(words(settings, "worker.threads") == "8 environment AUTHENTIK_X");
  BOOST_TEST(words(settings, "worker.processes") == "1 default");
  BOOST_TEST(number_of(settings, "worker.threads", "authentik-worker").value() == 8);
}

BOOST_AUTO_TEST_CASE(a_workers_own_environment_wins_and_each_deployment_has_its_own) {
  cluster::Inventory inventory;
  inventory.deployments = {server_or_worker("server", {"authentik"}), server_or_worker("worker", {"authentik"}),
                           server_or_worker("worker", {"authentik"}, "authentik-worker-ldap")};
  inventory.deployments[1].environment["AUTHENTIK_WORKER__CONCURRENCY"] = "3";
  inventory.deployments[1].environment["AUTHENTIK_WORKER__THREADS"] = "4";
  const auto settings = read(inventory);
  BOOST_TEST(words(settings, "worker.threads") ==
             "authentik-worker: 3 environment AUTHENTIK_WORKER__CONCURRENCY of deployment/authentik-worker; 2 default");
  BOOST_TEST(number_of(settings, "worker.threads", "authentik-worker").value() == 3);
  BOOST_TEST(number_of(settings, "worker.threads", "authentik-worker-ldap").value() == 2);
}

BOOST_AUTO_TEST_CASE(what_the_server_cannot_see_has_no_value) {
  cluster::Inventory inventory;
  inventory.deployments = {server_or_worker("server", {"authentik"}),
                           server_or_worker("worker", {"authentik", "tuning"})};
  auto settings = read(inventory);
  BOOST_TEST(words(settings, "worker.threads") ==
             " elsewhere perhaps tuning, which only deployment/authentik-worker has");
  BOOST_TEST(!number_of(settings, "worker.threads", "authentik-worker").has_value());
  inventory.deployments[1].environment["AUTHENTIK_WORKER__THREADS"] = "4";
  BOOST_TEST(words(read(inventory), "worker.threads") ==
             "4 environment AUTHENTIK_WORKER__THREADS of deployment/authentik-worker");
}

BOOST_AUTO_TEST_CASE(what_is_the_servers_alone_is_not_told_as_the_workers) {
  cluster::Inventory inventory;
  inventory.deployments = {server_or_worker("server", {"authentik", "web"}), server_or_worker("worker", {"authentik"})};
  BOOST_TEST(words(read(inventory, {{"worker.threads", "8"}}), "worker.threads") ==
             " elsewhere perhaps web, which only deployment/authentik-server has");
  BOOST_TEST(words(read(inventory), "worker.processes") == "1 default", "a default is nobody's environment");
  inventory.deployments[0] = server_or_worker("server", {"authentik"});
  inventory.deployments[0].environment["AUTHENTIK_WORKER__THREADS"] = "8";
  BOOST_TEST(words(read(inventory, {{"worker.threads", "8"}}), "worker.threads") ==
             " elsewhere set only for the server");
}

BOOST_AUTO_TEST_CASE(what_is_no_number_is_none) {
  cluster::Inventory inventory;
  inventory.deployments = {server_or_worker("server", {}), server_or_worker("worker", {})};
  for (const char* value : {"", "many", "2x", "1000001", "99999999999999999999"})
    BOOST_TEST(
        !number_of(read(inventory, {{"worker.threads", value}}), "worker.threads", "authentik-worker").has_value(),
        value);
}

BOOST_AUTO_TEST_SUITE_END()

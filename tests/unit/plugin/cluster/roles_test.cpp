// What a container does, whatever it is called and labelled.
#include <boost/test/unit_test.hpp>

#include "cluster/inventory.hpp"
#include "cluster/roles.hpp"

using namespace akqueue;
using namespace akqueue::cluster;

namespace {

std::string words_of_roles(const std::string& containers, std::string_view component = "") {
  std::string words;
  for (const Role role : roles_of_containers(ForeignJson::parse(containers), component))
    words += role == Role::server ? "s" : role == Role::worker ? "w" : "-";
  return words;
}

bool known(const std::string& containers, std::string_view called = "") {
  return is_authentiks(ForeignJson::parse(containers), called);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(roles)

BOOST_AUTO_TEST_CASE(names_by_their_beginning) {
  for (const char* name : {"worker", "worker-high-priority", "worker2", "authentik-worker", "ak-worker-ldap"})
    BOOST_TEST((role_named(name) == Role::worker), name);
  for (const char* name : {"server", "server-blue", "server_blue", "authentik-server"})
    BOOST_TEST((role_named(name) == Role::server), name);
  for (const char* name : {"", "web", "workers", "serverless", "high-priority-worker", "authentik", "geoip"})
    BOOST_TEST((role_named(name) == Role::none), name);
}

BOOST_AUTO_TEST_CASE(what_it_runs_comes_first_then_its_name_then_the_label) {
  BOOST_TEST(words_of_roles(R"([{"name": "web", "args": ["server"]}])", "worker") == "s");
  BOOST_TEST(words_of_roles(R"([{"name": "server", "args": ["worker", "--queues", "x"]}])", "server") == "w");
  BOOST_TEST(words_of_roles(R"([{"name": "worker-ldap"}])", "server") == "w");
  BOOST_TEST(words_of_roles(R"([{"name": "main"}])", "worker-ldap") == "w");
  BOOST_TEST(words_of_roles(R"([{"name": "main"}])", "server-blue") == "s");
  BOOST_TEST(words_of_roles(R"([{"name": "main"}])", "web") == "-");
}

BOOST_AUTO_TEST_CASE(ways_to_run_it) {
  BOOST_TEST(words_of_roles(R"([{"command": ["dumb-init", "--", "ak", "worker"]}])") == "w");
  BOOST_TEST(words_of_roles(R"([{"command": ["/bin/sh", "-c", "sleep 5; exec /lifecycle/ak server"]}])") == "s");
  BOOST_TEST(words_of_roles(R"([{"command": ["ak"], "args": ["server"]}])") == "s");
  BOOST_TEST(words_of_roles(R"([{"command": ["ak", "migrate"], "args": ["server"]}])") == "-");
}

BOOST_AUTO_TEST_CASE(both_in_one_pod) {
  BOOST_TEST(words_of_roles(R"([{"name": "server"}, {"name": "worker"}])") == "sw");
  BOOST_TEST(words_of_roles(R"([{"name": "a", "args": ["worker"]}, {"name": "b", "args": ["server"]}])") == "ws");
}

BOOST_AUTO_TEST_CASE(a_sidecar_is_none_however_it_is_called) {
  BOOST_TEST(words_of_roles(R"([{"name": "server", "image": "minio/minio", "args": ["server", "/data"]},
    {"name": "ak", "image": "ghcr.io/goauthentik/server:1", "args": ["worker"]}])") == "-w");
  BOOST_TEST(words_of_roles(R"([{"name": "geoip", "image": "maxmind/geoipupdate"},
    {"name": "main", "image": "registry.corp/authentik:1"}])",
                            "worker") == "-w");
  BOOST_TEST(words_of_roles(R"([{"name": "geoip"}, {"name": "x", "args": ["server"], "env":
    [{"name": "AUTHENTIK_POSTGRESQL__HOST", "value": "db"}]}])") == "-s");
}

BOOST_AUTO_TEST_CASE(foreign_containers_do_no_harm) {
  for (const char* text : {"null", "{}", "7", "[]", "[7]", R"([{"args": 7, "command": {"a": "ak"}, "env": 3}])"}) {
    BOOST_TEST(words_of_roles(text).find_first_of("sw") == std::string::npos, text);
    BOOST_TEST(!known(text), text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_authentiks_without_labels) {
  BOOST_TEST(known(R"([{"image": "ghcr.io/goauthentik/server:2025.12"}])"));
  BOOST_TEST(known(R"([{"image": "registry.corp/idp:1", "command": ["ak", "server"]}])"));
  BOOST_TEST(known(R"([{"image": "registry.corp/idp:1", "env": [{"name": "AUTHENTIK_SECRET_KEY"}]}])"));
  BOOST_TEST(known(R"([{"image": "registry.corp/idp:1", "args": ["worker"]}])", "authentik-tasks-1 app=x"));
  BOOST_TEST(!known(R"([{"image": "registry.corp/idp:1", "args": ["worker"]}])", "sso-tasks-1 app=x"));
  BOOST_TEST(!known(R"([{"image": "minio/minio", "args": ["server", "/data"]}])", "minio-0"));
  BOOST_TEST(!known(R"([{"image": "postgres:17"}])", "authentik-postgresql-0"));
}

BOOST_AUTO_TEST_SUITE_END()

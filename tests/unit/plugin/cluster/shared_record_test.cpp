// What was done with a site's tasks, noted on its server's deployment for others to read.
#include <boost/test/unit_test.hpp>

#include "cluster/shared_record.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::cluster;
using namespace akqueue::testing;

namespace {

SharedRecord record_at(const std::string& minute) {
  SharedRecord record;
  record.id = "20261128T03" + minute + "00Z-aaaa";
  record.at = "2026-11-28T03:" + minute + ":00.000000Z";
  record.command = "flush";
  record.what = "queue default and all of its history";
  record.ending = "complete";
  record.by = "jo@laptop";
  record.reason = "incident 42";
  record.tasks = 3999;
  return record;
}

/// A server and a worker, with so many records on the server.
Inventory with_records(int count) {
  Inventory inventory;
  inventory.deployments.resize(2);
  inventory.deployments[0].name = "authentik-worker";
  inventory.deployments[0].roles.worker = true;
  inventory.deployments[1].name = "authentik-server";
  inventory.deployments[1].roles.server = true;
  inventory.deployments[1].annotations["somebody/else"] = "{}";
  for (int i = 0; i < count; ++i) {
    const SharedRecord one = record_at(std::to_string(10 + i));
    inventory.deployments[1].annotations[std::string(kRecordPrefix) + one.id] = one.to_json().dump();
  }
  return inventory;
}

/// The words of the patch that this record is.
std::vector<std::string> patch_for(const Inventory& inventory) {
  ScriptedLauncher launcher({{{"deployment.apps/authentik-server patched"}, 0, ""}});
  Kubectl kubectl(launcher, {"kubectl"}, {});
  share_record(kubectl, inventory, record_at("59"));
  return launcher.journal.at(0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shared_record)

BOOST_AUTO_TEST_CASE(it_goes_onto_the_server) {
  const auto words = patch_for(with_records(0));
  BOOST_TEST(words.at(1) == "patch");
  BOOST_TEST(words.at(2) == "deployment/authentik-server");
  BOOST_TEST(words.at(3) == "--type=merge");
  const Json annotations = Json::parse(words.at(5)).at("metadata").at("annotations");
  BOOST_TEST(annotations.size() == 1u);
  const Json noted = Json::parse(annotations.at("kubectl-akqueue/done-20261128T035900Z-aaaa").get<std::string>());
  BOOST_TEST(noted.at("tasks") == 3999);
  BOOST_TEST(noted.at("by") == "jo@laptop");
  BOOST_TEST(noted.at("reason") == "incident 42");
}

BOOST_AUTO_TEST_CASE(the_oldest_make_room) {
  const Json nine = Json::parse(patch_for(with_records(9)).at(5)).at("metadata").at("annotations");
  BOOST_TEST(nine.size() == 1u);
  const Json twelve = Json::parse(patch_for(with_records(12)).at(5)).at("metadata").at("annotations");
  BOOST_TEST(twelve.size() == 4u);
  for (const char* minute : {"10", "11", "12"})
    BOOST_TEST(twelve.at("kubectl-akqueue/done-20261128T03" + std::string(minute) + "00Z-aaaa").is_null());
}

BOOST_AUTO_TEST_CASE(they_are_read_the_newest_first) {
  Inventory inventory = with_records(3);
  inventory.deployments[1].annotations["kubectl-akqueue/done-rubbish"] = "[";
  const auto records = shared_records(inventory);
  BOOST_REQUIRE(records.size() == 3u);
  BOOST_TEST(records[0].id == "20261128T031200Z-aaaa");
  BOOST_TEST(records[0].what == "queue default and all of its history");
  BOOST_TEST(records[2].tasks == 3999);
}

BOOST_AUTO_TEST_CASE(without_a_deployment_it_fails) {
  ScriptedLauncher launcher({});
  Kubectl kubectl(launcher, {"kubectl"}, {});
  BOOST_TEST((error_of([&] { share_record(kubectl, Inventory(), record_at("59")); }) == ErrorCode::not_found));
}

BOOST_AUTO_TEST_SUITE_END()

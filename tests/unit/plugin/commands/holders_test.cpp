#include "commands/shared/holders.hpp"

#include <boost/test/unit_test.hpp>

#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;

namespace {

cluster::Pod pod(const std::string& name, const std::string& ip, bool worker = true) {
  cluster::Pod one;
  one.name = name;
  one.ip = ip;
  one.roles = {.server = !worker, .worker = worker};
  return one;
}

Site site_with(std::vector<cluster::Pod> pods) {
  Site site;
  site.name_space = "sso";
  site.inventory.pods = std::move(pods);
  return site;
}

std::string trouble(const Site& site, queue::TaskChoice choice) {
  return words_of([&] { check_holders(site, choice); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(holders)

BOOST_AUTO_TEST_CASE(an_address_is_the_worker_that_has_it) {
  const Site site = site_with({pod("server", "10.0.0.9", false), pod("one", "10.0.0.1"), pod("two", "10.0.0.2"),
                               pod("three", "10.0.0.2"), pod("new", "")});
  BOOST_TEST(holder_name(site, "10.0.0.1") == "one");
  BOOST_TEST(holder_name(site, "one") == "one");
  BOOST_TEST(holder_name(site, "10.0.0.2") == "10.0.0.2");  // two of one node's network
  BOOST_TEST(holder_name(site, "10.0.0.9") == "10.0.0.9");
  BOOST_TEST(holder_name(site, "").empty());
}

BOOST_AUTO_TEST_CASE(a_worker_is_known_by_its_address_too) {
  const Site site = site_with({pod("one", "10.0.0.1"), pod("new", "")});
  queue::TaskChoice choice{.holders = {{"one", {"one"}}, {"new", {"new"}}, {"10.9.9.9", {"10.9.9.9"}}}};
  check_holders(site, choice);
  BOOST_TEST(choice.holders[0].known_as == (std::vector<std::string>{"one", "10.0.0.1"}),
             boost::test_tools::per_element());
  BOOST_TEST(choice.holders[1].known_as.size() == 1u);
  BOOST_TEST(choice.holders[2].known_as.size() == 1u);
  BOOST_TEST(trouble(site, {.holders = {{"onw", {"onw"}}}}) == "no worker 'onw' in namespace sso | did you mean one?");
}

BOOST_AUTO_TEST_CASE(where_locks_do_not_tell) {
  Site site = site_with({pod("one", "10.0.0.1")});
  const queue::TaskChoice by_pod{.holders = {{"one", {"one"}}}};
  BOOST_TEST(trouble(site, by_pod) == "no error");
  site.facts.pooled = true;
  BOOST_TEST(trouble(site, by_pod).find("a connection pooler stands between") != std::string::npos);
  BOOST_TEST(trouble(site, {.held = true}) == "no error");
  BOOST_TEST(holder_name(site, "10.0.0.1").empty());
  site.facts.standby = true;
  for (const queue::TaskChoice& choice : {by_pod, queue::TaskChoice{.held = true}, queue::TaskChoice{.orphaned = true}})
    BOOST_TEST(trouble(site, choice).find("the database is a standby") != std::string::npos);
  BOOST_TEST(trouble(site, {}) == "no error");
}

BOOST_AUTO_TEST_SUITE_END()

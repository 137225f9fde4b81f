// What is kept of sites: the file, and how it meets the command line.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "cluster/kept_sites.hpp"
#include "fakes.hpp"
#include "system/scratch.hpp"

using namespace akqueue;
using namespace akqueue::cluster;
using namespace akqueue::testing;
using Words = std::vector<std::string>;

namespace {

std::string parse_words(const std::string& text) {
  return words_of([&] { KeptSites::parse(text, "config.json"); });
}

std::string with_site(const std::string& fields) {
  return R"({"version": 1, "sites": [{"context": "prod", "namespace": "sso")" + fields + "}]}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kept_sites)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  const Scratch scratch;
  const auto file = scratch.path() / "a" / "config.json";
  BOOST_TEST(KeptSites::read(file).sites().empty());
  BOOST_TEST(KeptSites::read({}).sites().empty());
  KeptSites kept;
  kept.set("prod", "sso", {{"worker-deployment", {"a", "b"}}, {"allow-worker", {"true"}}});
  kept.set("dev", "sso", {{"server-selector", {"app=x"}}});
  kept.set("prod", "sso", {{"worker-deployment", {"c"}}, {"container", {"ak"}}});
  kept.write(file);
  const KeptSites read = KeptSites::read(file);
  BOOST_TEST(read.to_json() == kept.to_json());
  BOOST_TEST(read.sites().size() == 2u);
  const KeptSite* const site = read.find("prod", "sso");
  BOOST_REQUIRE(site != nullptr);
  BOOST_TEST(words_of(site->values) == (Words{"--allow-worker", "--container=ak", "--worker-deployment=c"}),
             boost::test_tools::per_element());
  BOOST_TEST(read.find("prod", "other") == nullptr);
}

BOOST_AUTO_TEST_CASE(some_or_all_is_forgotten) {
  KeptSites kept;
  kept.set("prod", "sso", {{"container", {"ak"}}, {"selector", {"app=x"}}});
  BOOST_TEST(!kept.unset("prod", "dev", {}));
  BOOST_TEST(!kept.unset("prod", "sso", {"allow-worker"}));
  BOOST_TEST(kept.unset("prod", "sso", {"selector", "allow-worker"}));
  BOOST_TEST(kept.find("prod", "sso")->values.size() == 1u);
  BOOST_TEST(kept.unset("prod", "sso", {"container"}));
  BOOST_TEST(kept.sites().empty());
}

BOOST_AUTO_TEST_CASE(a_bad_file_is_named_with_the_field) {
  BOOST_TEST(parse_words("{").starts_with("config.json: it is not a JSON object | correct it"));
  BOOST_TEST(parse_words("{}").starts_with("config.json: it needs \"version\": 1"));
  BOOST_TEST(parse_words(R"({"version": 2, "sites": []})").find("of a version that") != std::string::npos);
  BOOST_TEST(parse_words(R"({"version": 1})").starts_with("config.json: it needs an array \"sites\""));
  BOOST_TEST(parse_words(R"({"version": 1, "sites": [7]})").starts_with("config.json: sites[0] must be an object"));
  BOOST_TEST(parse_words(R"({"version": 1, "sites": [{"context": "a"}]})")
                 .starts_with("config.json: sites[0] needs a text \"namespace\""));
  BOOST_TEST(
      parse_words(with_site(R"(, "server-selektor": "a=b")"))
          .starts_with("config.json: there is no setting sites[0].server-selektor; did you mean server-selector?"));
  BOOST_TEST(parse_words(with_site(R"(, "allow-worker": "yes")"))
                 .starts_with("config.json: sites[0].allow-worker must be true or false"));
  BOOST_TEST(parse_words(with_site(R"(, "container": ["a", "b"])"))
                 .starts_with("config.json: sites[0].container must be one text"));
  BOOST_TEST(parse_words(with_site(R"(, "worker-deployment": [7])"))
                 .starts_with("config.json: sites[0].worker-deployment must be a text"));
  BOOST_TEST(parse_words(with_site(R"(, "worker-selector": "a b")"))
                 .starts_with("config.json: sites[0].worker-selector: 'a b' is not a label selector"));
  const std::string one = R"({"context": "a", "namespace": "b"})";
  BOOST_TEST(parse_words(R"({"version": 1, "sites": [)" + one + "," + one + "]}")
                 .starts_with("config.json: it has context a, namespace b twice"));
  BOOST_TEST(parse_words(with_site(R"(, "worker-deployment": "one", "allow-worker": false)")) == "no error");
}

BOOST_AUTO_TEST_CASE(a_file_of_others_is_refused) {
  const Scratch scratch;
  const auto file = scratch.path() / "config.json";
  std::ofstream(file) << with_site("");
  std::filesystem::permissions(file, std::filesystem::perms::all);
  BOOST_TEST((error_of([&] { KeptSites::read(file); }) == ErrorCode::refused));
}

BOOST_AUTO_TEST_CASE(an_option_wins) {
  const KeptValues kept{{"selector", {"app=x"}},      {"container", {"ak"}},        {"server-selector", {"a=s"}},
                        {"worker-selector", {"a=w"}}, {"worker-deployment", {"d"}}, {"allow-worker", {"true"}}};
  Search nothing_said;
  BOOST_TEST((take_over(kept, nothing_said) == kept));
  BOOST_TEST(nothing_said.selector == "app=x");
  BOOST_TEST(nothing_said.selector_given);
  BOOST_TEST(nothing_said.server_selector == "a=s");
  BOOST_TEST(nothing_said.worker_deployments == Words{"d"}, boost::test_tools::per_element());
  BOOST_TEST(nothing_said.allow_worker);
  Search said;
  said.selector = "app=y";
  said.selector_given = true;
  said.container = "main";
  said.server_selector = "b=s";
  said.worker_deployments = {"e"};
  said.allow_worker = true;
  BOOST_TEST(take_over(kept, said).empty());
  BOOST_TEST(said.worker_selector.empty());
  BOOST_TEST(said.selector == "app=y");
}

BOOST_AUTO_TEST_SUITE_END()

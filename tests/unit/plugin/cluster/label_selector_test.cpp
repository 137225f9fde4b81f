#include <boost/test/unit_test.hpp>

#include "cluster/label_selector.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::cluster;
using namespace akqueue::testing;

namespace {

bool fits(const char* selector) {
  return LabelSelector::parse(selector, "server-selector")
      .matches({{"app", "web"}, {"team.io/tier", "blue"}, {"empty", ""}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(label_selectors)

BOOST_AUTO_TEST_CASE(as_kubectl_takes_them) {
  for (const char* selector : {"app=web", "app==web", "app = web", "app=web,team.io/tier=blue", "app in (api, web)",
                               "app in (web),!gone", "app", "app!=api", "gone!=api", "app notin (api,tasks)", "!gone",
                               "gone notin (x)", "empty=", "app in (web), app"})
    BOOST_TEST(fits(selector), selector);
  for (const char* selector : {"app=api", "app=web,gone", "app in (api,tasks)", "app!=web", "!app", "app notin (web)",
                               "gone=web", "gone in (x)"})
    BOOST_TEST(!fits(selector), selector);
}

BOOST_AUTO_TEST_CASE(what_is_none_is_refused) {
  for (const char* selector :
       {"", "=web", "app=we b", "app in web", "app within (web)", "a b", ",", "app=web,", "!", "a=b=c d"})
    BOOST_TEST(
        words_of([&] { fits(selector); }) ==
            "--server-selector: '" +
                std::string(selector == std::string("app=web,") || selector == std::string(",") ? "" : selector) +
                "' is not a label selector | labels as kubectl's -l takes them: app=web,tier in (a,b)",
        selector);
}

BOOST_AUTO_TEST_SUITE_END()

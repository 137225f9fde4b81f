#include <boost/test/unit_test.hpp>

#include "fakes.hpp"
#include "queue/measure/condition.hpp"
#include "queue/samples.hpp"

using namespace akqueue;
using namespace akqueue::queue;
using namespace akqueue::testing;

namespace {

bool holds(const std::string& text, const Trend& trend, std::optional<int> restarts = {}) {
  const Condition condition = Condition::parse(text);
  return condition.holds(condition.value(trend, restarts));
}

std::string wrong(const std::string& text) {
  return words_of([&] { Condition::parse(text); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(condition)

BOOST_AUTO_TEST_CASE(every_comparison) {
  const Trend hundred = trend_of({{.queued = 100}});
  for (const char* text : {"queued=100", "queued==100", "queued<=100", "queued>=100", "queued<101", "queued>99",
                           "queued!=7", " queued < 101 "}) {
    BOOST_TEST(holds(text, hundred), text);
  }
  for (const char* text : {"queued=0", "queued<100", "queued>100", "queued!=100", "queued<=99", "queued>=101"})
    BOOST_TEST(!holds(text, hundred), text);
  BOOST_TEST(Condition::parse(" queued < 101 ").text() == "queued<101");
}

BOOST_AUTO_TEST_CASE(what_can_be_measured) {
  Sample sample = sample_of({.queued = 100, .done = 7, .came = 100, .finished = 40});
  sample.states["rejected"] = 3;
  sample.states["waiting_for_dependencies"] = 4;
  sample.taken = 5;
  sample.held = 2;
  sample.ending = 0;
  sample.orphaned = 3;
  Trend trend;
  trend.add(sample);
  for (const char* text :
       {"done=7", "rejected=3", "waiting_for_dependencies=4", "running=0", "tasks=114", "taken=5", "held=2",
        "orphaned=3", "workers=2", "rate=10/s", "rate=600/m", "completions=4", "growth=6/s", "growth>-1/h"}) {
    BOOST_TEST(holds(text, trend), text);
  }
  BOOST_TEST(holds("restarts=2", trend, 2));
}

BOOST_AUTO_TEST_CASE(what_is_not_known_holds_in_no_way) {
  Sample sample = sample_of({.queued = 100});
  sample.held = sample.orphaned = std::nullopt;  // a standby
  Trend trend;
  trend.add(sample);
  for (const char* text : {"held=0", "held!=0", "orphaned<5", "restarts=0"}) BOOST_TEST(!holds(text, trend), text);
  BOOST_TEST(!holds("queued=0", Trend()));
}

BOOST_AUTO_TEST_CASE(slips_are_told_with_a_way_out) {
  const std::string grammar = " | write it like queued<1000, rate>5/s or done>=10";
  BOOST_TEST(wrong("qeued<10") == "'qeued' in 'qeued<10' is not something that is measured | did you mean queued?");
  BOOST_TEST(wrong("<10") == "'<10' does not say what to compare" + grammar);
  BOOST_TEST(wrong("queued") == "'queued' is not a whole condition" + grammar);
  BOOST_TEST(wrong("queued=<10") == "'=<' in 'queued=<10' is not a comparison | there are < <= = != >= and >");
  BOOST_TEST(wrong("queued<") == "'' in 'queued<' is not a whole number" + grammar);
  BOOST_TEST(wrong("queued<1.5") == "'1.5' in 'queued<1.5' is not a whole number" + grammar);
  BOOST_TEST(wrong("queued<-1") == "'-1' in 'queued<-1' is not a whole number" + grammar);
  BOOST_TEST(wrong("queued<10/s") ==
             "queued in 'queued<10/s' is a number, not a rate | only rate, completions and growth have a unit");
  BOOST_TEST(wrong("rate>5/w") == "'/w' in 'rate>5/w' is not a unit | there are /s, /m and /h");
  BOOST_TEST(wrong("rate>fast") == "'fast' in 'rate>fast' is not a rate" + grammar);
  BOOST_TEST(wrong("rate>1.2.3") == "'1.2.3' in 'rate>1.2.3' is not a rate" + grammar);
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>

#include "akqueue/json_depth.hpp"
#include "backup/history.hpp"
#include "cluster/context.hpp"
#include "cluster/drain_note.hpp"
#include "cluster/inventory.hpp"
#include "cluster/metrics.hpp"
#include "fakes.hpp"
#include "queue/task/message.hpp"
#include "session/session.hpp"
#include "system/scratch.hpp"

using namespace akqueue;
using namespace akqueue::testing;

namespace {

/// More than any stack holds, if every level took its part of it.
constexpr std::size_t kEndless = 1'000'000;

std::string arrays(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

}  // namespace

BOOST_AUTO_TEST_SUITE(json_depth)

BOOST_AUTO_TEST_CASE(levels_are_counted_outside_of_strings) {
  BOOST_TEST(!nested_deeper_than("1", 0));
  BOOST_TEST(nested_deeper_than("[]", 0));
  BOOST_TEST(!nested_deeper_than(arrays(200), 200));
  BOOST_TEST(nested_deeper_than(arrays(201), 200));
  BOOST_TEST(nested_deeper_than(R"([{"a":[]}])", 2));
  BOOST_TEST(!nested_deeper_than(R"([[],[],{},{"a":{}}])", 3));
  BOOST_TEST(!nested_deeper_than(R"(["[[[[", "\"[[[", "\\", "]["])", 1));
  BOOST_TEST(nested_deeper_than(R"({"\\":[[1]]})", 2));
  for (const char* const text : {"", "\"", "\"\\", "]]]]", "}{"}) BOOST_TEST(!nested_deeper_than(text, 1), text);
}

BOOST_AUTO_TEST_CASE(what_is_too_deep_is_discarded_as_what_is_no_json_is) {
  BOOST_TEST(parse_foreign<ForeignJson>("[1]").is_array());
  BOOST_TEST(parse_foreign<ForeignJson>("[1").is_discarded());
  BOOST_TEST(parse_foreign<ForeignJson>("[1e999]").is_discarded());
  BOOST_TEST(parse_foreign<Json>(arrays(kEndless)).is_discarded());
  BOOST_TEST(parse_foreign<ForeignJson>(arrays(kDeepestValue), kDeepestValue).is_array());
}

BOOST_AUTO_TEST_CASE(a_peer_that_sends_endless_levels_ends_the_session_only) {
  std::vector<std::string> sent;
  const auto session = [&](const std::string& line) {
    return std::make_unique<session::Session>(std::make_unique<ScriptedChannel>(std::vector{line}, sent));
  };
  BOOST_TEST(
      (error_of([&] { session("= {\"rows\":" + arrays(kEndless) + "}")->execute({"x"}); }) == ErrorCode::protocol));
  BOOST_TEST((error_of([&] { session("r " + arrays(kEndless))->rows({"x"}); }) == ErrorCode::protocol));
  // It would be printed in the message of the error.
  BOOST_TEST((error_of([&] {
                session::integer(session("= {\"rows\":" + arrays(kDeepestDocument) + "}")->execute({"x"}));
              }) == ErrorCode::protocol));
}

BOOST_AUTO_TEST_CASE(a_kubectl_that_prints_endless_levels_is_not_understood) {
  const std::string object = R"({"items":[)" + arrays(kEndless) + R"(],"current-context":"a"})";
  BOOST_TEST((error_of([&] { cluster::read_inventory(object); }) == ErrorCode::kubectl_failed));
  BOOST_TEST(cluster::read_metrics(object).pods.empty());
  BOOST_TEST(cluster::parse_context(object).name == "");
}

BOOST_AUTO_TEST_CASE(a_note_of_endless_levels_makes_no_sense) {
  cluster::Deployment deployment;
  deployment.annotations[cluster::kDrainAnnotation] =
      R"({"version":1,"replicas":2,"deletion":)" + arrays(kEndless) + "}";
  BOOST_TEST((error_of([&] { cluster::drain_note_of(deployment); }) == ErrorCode::unsupported));
}

BOOST_AUTO_TEST_CASE(a_line_of_endless_levels_in_the_history_is_passed_over) {
  const Scratch scratch;
  scratch.write("history.jsonl", R"({"id":"a","what":)" + arrays(kEndless / 10) + "}\n" + R"({"id":"b"})" + "\n");
  const auto entries = backup::read_history(backup::StateDirectory(scratch.path()));
  BOOST_TEST_REQUIRE(entries.size() == 1u);
  BOOST_TEST(entries[0].id == "b");
}

BOOST_AUTO_TEST_CASE(a_message_is_shown_as_deep_as_can_be_read) {
  const auto message = [](std::size_t levels) { return queue::read_message(R"({"a":)" + arrays(levels - 1) + "}"); };
  BOOST_TEST((message(kDeepestShown).form == queue::Message::Form::json));
  BOOST_TEST(message(kDeepestShown + 1).problem == "it is JSON that is nested too deeply");
}

BOOST_AUTO_TEST_SUITE_END()

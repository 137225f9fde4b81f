#include <boost/test/unit_test.hpp>

#include "queue/message.hpp"
#include "queue/pickle.hpp"
#include "queue/stamps.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;

BOOST_AUTO_TEST_SUITE(messages)

BOOST_AUTO_TEST_CASE(a_patched_message_is_as_one_that_was_made) {
  const std::string args = Pickle().value(Json::array({"x"})).body();
  const Timestamp now = *parse_timestamp(kNow);
  const std::string other = "99999999-2222-4333-8444-555555555555";
  for (const std::int64_t retries : {0, 3}) {
    for (const std::size_t least : {0u, 900u, 70'000u}) {
      const MessageTemplate::Common common{"default", "a.b", args, "Traceback", retries, least};
      MessageTemplate used(common);
      BOOST_TEST(used.message(kTaskId, now, {}).size() >= least);
      // Times of the same length, of another length, with an eta and without one again.
      const std::pair<Timestamp, std::optional<Timestamp>> times[] = {{now + 5 * kSecond, {}}, {40 * kSecond, {}},
                                                                      {now, now + kSecond},    {now, now + 2 * kSecond},
                                                                      {now, 7 * kSecond},      {now, {}}};
      for (const auto& [enqueued, eta] : times) {
        MessageTemplate fresh(common);
        BOOST_TEST((used.message(other, enqueued, eta) == fresh.message(other, enqueued, eta)));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(stamps_are_as_format_timestamp_writes_them) {
  Stamps stamps;
  for (const char* text : {kNow, "2026-05-01T23:59:59.999999Z", "1970-01-01T00:00:00.000000Z",
                           "1969-12-31T23:59:59.999999Z", "2027-01-12T01:02:03.000004Z"}) {
    BOOST_TEST(stamps.text(*parse_timestamp(text)) == text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

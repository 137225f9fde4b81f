#include <boost/test/unit_test.hpp>

#include "akqueue/protocol.hpp"
#include "queue/pickle.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;

namespace {

std::string pickled(const std::string& json) { return protocol::base64(Pickle().value(Json::parse(json)).bytes()); }

}  // namespace

BOOST_AUTO_TEST_SUITE(pickle)

// What Python 3.11 prints: base64.b64encode(pickle.dumps(VALUE, 4))
BOOST_AUTO_TEST_CASE(plain_values_are_as_python_writes_them) {
  BOOST_TEST(pickled(R"(null)") == "gAROLg==");
  BOOST_TEST(pickled(R"(true)") == "gASILg==");
  BOOST_TEST(pickled(R"(false)") == "gASJLg==");
  BOOST_TEST(pickled(R"(0)") == "gARLAC4=");
  BOOST_TEST(pickled(R"(255)") == "gARL/y4=");
  BOOST_TEST(pickled(R"(256)") == "gASVBAAAAAAAAABNAAEu");
  BOOST_TEST(pickled(R"(65535)") == "gASVBAAAAAAAAABN//8u");
  BOOST_TEST(pickled(R"(65536)") == "gASVBgAAAAAAAABKAAABAC4=");
  BOOST_TEST(pickled(R"(-1)") == "gASVBgAAAAAAAABK/////y4=");
  BOOST_TEST(pickled(R"(2147483647)") == "gASVBgAAAAAAAABK////fy4=");
  BOOST_TEST(pickled(R"(2147483648)") == "gASVCAAAAAAAAACKBQAAAIAALg==");
  BOOST_TEST(pickled(R"(-2147483648)") == "gASVBgAAAAAAAABKAAAAgC4=");
  BOOST_TEST(pickled(R"(-2147483649)") == "gASVCAAAAAAAAACKBf///3//Lg==");
  BOOST_TEST(pickled(R"(1777636800000)") == "gASVCQAAAAAAAACKBgD2aOOdAS4=");
  BOOST_TEST(pickled(R"(9007199254740993)") == "gASVCgAAAAAAAACKBwEAAAAAACAu");
  BOOST_TEST(pickled(R"(-9223372036854775808)") == "gASVCwAAAAAAAACKCAAAAAAAAACALg==");
  BOOST_TEST(pickled(R"(0.5)") == "gASVCgAAAAAAAABHP+AAAAAAAAAu");
  BOOST_TEST(pickled(R"("")") == "gASVBAAAAAAAAACMAJQu");
  BOOST_TEST(pickled(R"("text")") == "gASVCAAAAAAAAACMBHRleHSULg==");
  BOOST_TEST(pickled(R"("ä")") == "gASVBgAAAAAAAACMAsOklC4=");
  BOOST_TEST(
      pickled("\"" + std::string(300, 'x') + "\"") ==
      "gASVMwEAAAAAAABYLAEAAHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
      "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
      "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
      "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eJQu");
  BOOST_TEST(pickled(R"([])") == "gAQpLg==");
  BOOST_TEST(pickled(R"([1])") == "gASVBQAAAAAAAABLAYWULg==");
  BOOST_TEST(pickled(R"([1,"a"])") == "gASVCQAAAAAAAABLAYwBYZSGlC4=");
  BOOST_TEST(pickled(R"([1,2,3])") == "gASVCQAAAAAAAABLAUsCSwOHlC4=");
  BOOST_TEST(pickled(R"([1,2,3,4])") == "gASVDAAAAAAAAAAoSwFLAksDSwR0lC4=");
  BOOST_TEST(pickled(R"({})") == "gAR9lC4=");
  BOOST_TEST(pickled(R"({"a":1})") == "gASVCgAAAAAAAAB9lIwBYZRLAXMu");
  BOOST_TEST(pickled(R"({"a":1,"b":[{}]})") == "gASVEwAAAAAAAAB9lCiMAWGUSwGMAWKUfZSFlHUu");
  BOOST_TEST(pickled(R"([{"uuid":"11111111-2222-4333-8444-555555555555"}])") ==
             "gASVMgAAAAAAAACMBHV1aWSUjARVVUlElJOUKYGUfZSMA2ludJSKEFVVVVVVVUSEM0MiIhERERFzYoWULg==");
  BOOST_TEST(pickled(R"([{"uuid":"f1111111-2222-4333-8444-555555555555"}])") ==
             "gASVMwAAAAAAAACMBHV1aWSUjARVVUlElJOUKYGUfZSMA2ludJSKEVVVVVVVVUSEM0MiIhEREfEAc2KFlC4=");
}

BOOST_AUTO_TEST_CASE(a_task_has_the_message_that_dramatiq_would_have_written) {
  const TempFolder folder;
  World world(make_world(folder, "calm", 344));
  const auto message = world.database().text_of(
      "SELECT message FROM authentik_tasks_task WHERE actor_name LIKE '%notification_transport' ORDER BY rowid LIMIT "
      "1");
  const auto id = world.database().text_of(
      "SELECT message_id FROM authentik_tasks_task WHERE actor_name LIKE '%notification_transport' ORDER BY rowid "
      "LIMIT 1");
  BOOST_REQUIRE(message.has_value());
  const std::string beginning("\x80\x04\x95", 3);
  BOOST_TEST((message->substr(0, 3) == beginning));
  std::size_t from = 0;
  for (const std::string key :
       {"queue_name", "actor_name", "args", "kwargs", "options", "message_id", "message_timestamp"}) {
    from = message->find("\x8c" + std::string(1, static_cast<char>(key.size())) + key + "\x94", from);
    BOOST_REQUIRE_MESSAGE(from != std::string::npos, key);
  }
  BOOST_TEST(message->find(*id) != std::string::npos);
  BOOST_TEST(message->ends_with("u."));
}

BOOST_AUTO_TEST_CASE(messages_are_as_long_as_the_scenario_says) {
  const TempFolder folder;
  World world(make_world(folder, "calm", 344));
  BOOST_TEST(world.database().integer_of("SELECT min(length(message)) FROM authentik_tasks_task WHERE actor_name LIKE "
                                         "'%webauthn_mds_import' AND state = 'queued'") >= 6899);
  BOOST_TEST(world.database().integer_of("SELECT min(length(message)) FROM authentik_tasks_task WHERE actor_name LIKE "
                                         "'%webauthn_mds_import' AND state = 'queued'") < 7000);
}

BOOST_AUTO_TEST_SUITE_END()

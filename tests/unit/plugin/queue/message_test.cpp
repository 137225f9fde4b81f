#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <string>

#include "akqueue/json.hpp"
#include "fakes.hpp"
#include "queue/task/message.hpp"
#include "queue/task/pickle.hpp"

using namespace akqueue;
using namespace akqueue::queue;
using namespace akqueue::testing;
namespace {

/// What Python itself makes of an expression, with every protocol there is from 2 on.
std::string pickled(const std::string& expression, int protocol) {
  const std::string line =
      "/usr/bin/python3 -c 'import pickle, uuid, datetime, sys; sys.stdout.buffer.write(pickle.dumps(" + expression +
      ", " + std::to_string(protocol) + "))'";
  FILE* const pipe = popen(line.c_str(), "r");
  BOOST_REQUIRE(pipe != nullptr);
  std::string bytes;
  std::array<char, 4096> buffer;
  for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    bytes.append(buffer.data(), got);
  BOOST_REQUIRE(pclose(pipe) == 0);
  return bytes;
}

void check(const std::string& expression, const Json& expected) {
  for (int protocol = 2; protocol <= 5; ++protocol) {
    const Json got = read_pickle(pickled(expression, protocol));
    BOOST_TEST((got == expected), expression << " by protocol " << protocol << ": " << got.dump());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message)

BOOST_AUTO_TEST_CASE(what_python_writes) {
  check("[None, True, False, 0, -1, 255, 65535, -70000, 2**40, -2**40, 1.5, \"a\"]",
        Json::parse("[null,true,false,0,-1,255,65535,-70000,1099511627776,-1099511627776,1.5,\"a\"]"));
  check("{\"args\": (1, 2), \"kwargs\": {}, \"long\": \"x\" * 300, 7: (1,)}",
        Json{{"args", {1, 2}}, {"kwargs", Json::object()}, {"long", std::string(300, 'x')}, {"7", {1}}});
  check("2**100", Json{{"int", "0x10000000000000000000000000"}});
  check("uuid.UUID(\"1b4e28ba-2fa1-41d2-883f-0016d3cca427\")", "1b4e28ba-2fa1-41d2-883f-0016d3cca427");
  check("-2**70", Json{{"int", "-0x400000000000000000"}});
  check("uuid.UUID(int=5)", "00000000-0000-0000-0000-000000000005");
}

BOOST_AUTO_TEST_CASE(times_are_told) {
  const auto iso = [](const std::string& expression, int protocol) {
    const Json shown = read_pickle(pickled(expression, protocol));
    return shown.contains("iso") ? shown["iso"].get<std::string>() : std::string();
  };
  for (int protocol = 2; protocol <= 5; ++protocol) {
    BOOST_TEST(iso("datetime.datetime(2026, 5, 1, 12, 30, 5, 123456, tzinfo=datetime.timezone.utc)", protocol) ==
               "2026-05-01T12:30:05.123456+00:00");
    BOOST_TEST(iso("datetime.datetime(2026, 5, 1, 0, 0, 200 % 60)", protocol) == "2026-05-01T00:00:20");
    BOOST_TEST(iso("datetime.datetime(2026, 5, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=-3, minutes=-30)))",
                   protocol) == "2026-05-01T00:00:00-03:30");
    BOOST_TEST(iso("datetime.date(1999, 12, 31)", protocol) == "1999-12-31");
    BOOST_TEST(iso("datetime.time(23, 59, fold=1)", protocol) == "23:59:00");
    BOOST_TEST(iso("datetime.timedelta(1)", protocol).empty());
  }
  // No month 13.
  BOOST_TEST(!read_pickle("\x80\x04\x8c\x08"
                          "datetime\x8c\x04"
                          "date\x93"
                          "C\x04\x07\xea\x0d\x01\x85R.")
                  .contains("iso"));
}

BOOST_AUTO_TEST_CASE(objects_are_named_never_made) {
  const Json shown = read_pickle(pickled("datetime.timedelta(seconds=5)", 4));
  BOOST_TEST(shown.dump() == R"({"object":"datetime.timedelta","args":[0,5,0]})");
  // What would run a command if it were unpickled.
  const std::string evil("\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x0ftouch /tmp/evil\x85R.");
  BOOST_TEST(read_pickle(evil).dump() == R"({"object":"posix.system","args":["touch /tmp/evil"]})");
}

BOOST_AUTO_TEST_CASE(what_is_added_to_an_object_is_shown) {
  const std::string shown = read_pickle(pickled("__import__(\"collections\").OrderedDict(a=1)", 4)).dump();
  BOOST_TEST(shown == R"({"object":"collections.OrderedDict","args":[],"items":["a",1]})");
}

BOOST_AUTO_TEST_CASE(a_uuid_that_is_none_is_an_object) {
  const std::string inner = pickled("{\"int\": {\"int\": 5}}", 4);
  const std::string head("\x80\x04\x8c\x04uuid\x8c\x04UUID\x93)\x81");
  const Message message = read_message(head + inner.substr(2 + 9, inner.size() - 12) + "b.");
  BOOST_TEST((message.form == Message::Form::pickle));
  BOOST_TEST(message.content["object"] == "uuid.UUID");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_recalled_a_thousand_times_ends) {
  std::string bomb = "\x80\x04X" + std::string("\x00\x00\x10\x00", 4) + std::string(1 << 20, 'x') +
                     "\x94"
                     "0(";
  for (int i = 0; i < 15000; ++i) bomb += std::string("h\0", 2);
  bomb += "l.";
  BOOST_TEST(read_pickle(bomb).dump().size() < (8u << 20));
}

BOOST_AUTO_TEST_CASE(keys_within_keys_and_long_names_end) {
  std::string keys = "]";
  for (int i = 0; i < 45; ++i) keys = "(" + keys + "Nd";
  BOOST_TEST(read_pickle("\x80\x04" + keys + ".").dump().size() < (16u << 20));
  std::string names = "\x80\x04(c" + std::string(1 << 16, 'm') + "\nname\n\x94";
  for (int i = 0; i < 15000; ++i) names += std::string("h\0", 2);
  BOOST_TEST(read_pickle(names + "l.").dump().size() < (8u << 20));
}

BOOST_AUTO_TEST_CASE(json_nested_without_end_is_refused) {
  const std::string deep = "{\"a\":" + std::string(200000, '[') + std::string(200000, ']') + "}";
  BOOST_TEST((read_message(deep).form == Message::Form::unknown));
}

BOOST_AUTO_TEST_CASE(circles_and_bombs_end) {
  const std::string circle(
      "\x80\x04]\x94h\x00"
      "a.",
      8);
  BOOST_TEST(read_pickle(circle).dump().find("…") != std::string::npos);
  std::string bomb = "\x80\x04]\x94";
  for (int i = 0; i < 40; ++i) bomb += std::string("]\x94(h") + static_cast<char>(i) + "h" + static_cast<char>(i) + "e";
  bomb += "h(.";
  BOOST_TEST(read_pickle(bomb).dump().size() < 1'000'000u);
}

BOOST_AUTO_TEST_CASE(rubbish_is_said_to_be_rubbish) {
  const std::string good = pickled("{\"a\": [1, 2, 3], \"b\": \"text\"}", 4);
  for (std::size_t length = 0; length < good.size(); ++length)
    BOOST_TEST((error_of([&] { read_pickle(good.substr(0, length)); }) == ErrorCode::unsupported), length);
  BOOST_TEST((error_of([] { read_pickle("not a pickle"); }) == ErrorCode::unsupported));
  // Every byte once replaced by every other: an answer or an error, never more.
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int value = 0; value < 256; value += 5) {
      std::string changed = good;
      changed[at] = static_cast<char>(value);
      BOOST_TEST(read_message(changed).size == good.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_message_of_any_form) {
  BOOST_TEST((read_message("").form == Message::Form::empty));
  BOOST_TEST((read_message(R"({"queue_name": "default"})").form == Message::Form::json));
  BOOST_TEST(read_message("{broken").problem == "it begins like JSON but is not valid");
  const Message broken = read_message("\xff\x01");
  BOOST_TEST((broken.form == Message::Form::unknown));
  BOOST_TEST(broken.beginning == "ff01");
  BOOST_TEST(broken.content.is_null());
}

BOOST_AUTO_TEST_SUITE_END()

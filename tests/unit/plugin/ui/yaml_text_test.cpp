#include "ui/yaml_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace akqueue;
using namespace akqueue::ui;

namespace {

std::string yaml_of(const Json& document) { return std::string(yaml(document).view()); }

}  // namespace

BOOST_AUTO_TEST_SUITE(yaml_text)

BOOST_AUTO_TEST_CASE(blocks) {
  BOOST_TEST(yaml_of(Json::parse(R"({"kind":"x","list":[{"a":1,"b":{"c":[]}},[2,[3]],"s"],"empty":{},"no":null})")) ==
             "kind: x\nlist:\n- a: 1\n  b:\n    c: []\n- - 2\n  - - 3\n- s\nempty: {}\n\"no\": null\n");
  BOOST_TEST(yaml_of(Json::object()) == "{}\n");
  BOOST_TEST(yaml_of(Json(1e-5)) == "1.0e-05\n");
  BOOST_TEST(yaml_of(Json(true)) == "true\n");
}

BOOST_AUTO_TEST_CASE(what_could_be_something_else_is_quoted) {
  for (const char* const text : {"a", "outpost_send_update", "/state/backups/1.tasks.gz", "two words", "v1.2", "a=b"})
    BOOST_TEST(yaml_of(Json(text)) == std::string(text) + "\n");
  for (const char* const text :
       {"",     "1", "1.5", "1e3",  "0x1f", "1_000", "12:30", "2026-11-28", "yes", "No", "ON", "null",     "~",  "y",
        "true", "-", "- a", "a: b", "a:",   "a #b",  "#a",    "[a]",        "{a}", "*a", "&a", "!a",       "%a", "@a",
        "`a",   "|", ">",   "'a'",  "a ",   " a",    ".inf",  ".5",         "=",   "<<", "?",  "a,\u00e4", "---"})
    BOOST_TEST(yaml_of(Json(text)) == "\"" + std::string(text) + "\"\n");
  BOOST_TEST(yaml_of(Json("a\"b\\c\nd\te")) == "\"a\\\"b\\\\c\\nd\\te\"\n");
}

/// In the escapes of YAML.
BOOST_AUTO_TEST_CASE(what_can_not_be_seen) {
  BOOST_TEST(yaml_of(Json("\x1b[2J")) == "\"\\x1b[2J\"\n");
  BOOST_TEST(yaml_of(Json("a\u202eb")) == "\"a\\u202eb\"\n");
  BOOST_TEST(yaml_of(Json("a\U000e0041b")) == "\"a\\U000e0041b\"\n");
  BOOST_TEST(yaml_of(Json("a\xff"
                          "b")) == "\"a\ufffdb\"\n");
}

BOOST_AUTO_TEST_SUITE_END()

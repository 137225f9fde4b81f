#include "commands/look/show_log.hpp"

#include <boost/test/unit_test.hpp>

using namespace akqueue;
using namespace akqueue::commands;

BOOST_AUTO_TEST_SUITE(show_log)

BOOST_AUTO_TEST_CASE(of_a_long_traceback_the_end_stays) {
  std::vector<std::string> lines;
  for (int i = 1; i <= 23; ++i) lines.push_back("line " + std::to_string(i));
  const std::string text(traceback_text(lines, 2).view());
  BOOST_TEST(text.starts_with("  … (3 lines before these; -o json shows all)\n  line 4\n"));
  BOOST_TEST(text.ends_with("  line 23\n"));
  lines.resize(20);
  BOOST_TEST(std::string(traceback_text(lines, 0).view()).starts_with("line 1\n"));
  BOOST_TEST(std::string(traceback_text({"a\x1b[31m\n"}, 0).view()) == "a\\x1b[31m\\n\n");
}

BOOST_AUTO_TEST_SUITE_END()

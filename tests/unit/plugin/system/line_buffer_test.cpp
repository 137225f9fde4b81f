#include <boost/test/unit_test.hpp>

#include "system/line_buffer.hpp"

using namespace akqueue;
using namespace akqueue::system;

BOOST_AUTO_TEST_SUITE(line_buffer)

BOOST_AUTO_TEST_CASE(lines_of_any_pieces) {
  const std::string text = "one\n\nthree\nfo";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    LineBuffer lines;
    std::string taken;
    for (std::size_t at = 0; at < text.size(); at += size) {
      lines.add(std::string_view(text).substr(at, size));
      while (const auto line = lines.take()) taken += std::string(*line) + "|";
    }
    BOOST_TEST(taken == "one||three|");
    BOOST_TEST(lines.rest() == "fo");
    BOOST_TEST(lines.size() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(what_is_cleared_is_gone) {
  LineBuffer lines;
  lines.add("one\ntwo\nth");
  BOOST_TEST(std::string(lines.take().value()) == "one");
  lines.clear();
  BOOST_TEST(!lines.take().has_value());
  lines.add("ree\n");
  BOOST_TEST(std::string(lines.take().value()) == "ree");
}

BOOST_AUTO_TEST_SUITE_END()

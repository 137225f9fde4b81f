#include <boost/test/unit_test.hpp>

#include "fakes.hpp"
#include "ui/cell_order.hpp"
#include "ui/csv.hpp"
#include "ui/listing.hpp"
#include "ui/streaming.hpp"

using namespace akqueue;
using namespace akqueue::ui;
using namespace akqueue::testing;

namespace {

Listing some_rows() {
  Listing listing({{"ACTOR", false, true}, {"TASKS", true}, {"SIZE", true}, {"AGE", true}});
  listing.add({"b", "1,200", "1.2 GiB", "3d4h"});
  listing.add({"a", "9", "900.0 MiB", "59m"});
  listing.add({"c, \"d\"", "", "512 B", "2h"});
  return listing;
}

std::string drawn(const TableStyle& style) {
  FakeTerminal terminal;
  terminal.draw_tables(style);
  return std::string(some_rows().draw(terminal).view());
}

/// The first column, in the order of another.
std::string order_by(const std::string& column) {
  const std::string text = drawn({.headers = false, .csv = true, .sort_by = column});
  std::string order;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) order += text[at] == '"' ? 'c' : text[at];
  return order;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(table_style)

BOOST_AUTO_TEST_CASE(comma_separated_values) {
  BOOST_TEST(drawn({.csv = true}) ==
             "ACTOR,TASKS,SIZE,AGE\nb,1200,1.2 GiB,3d4h\na,9,900.0 MiB,59m\n\"c, \"\"d\"\"\",,512 B,2h\n");
  BOOST_TEST(csv_line({"1,2", " a", "12,345,678", "1234,567", "a\nb"}).view() ==
             "\"1,2\",\" a\",12345678,\"1234,567\",a\\nb\n");
}

BOOST_AUTO_TEST_CASE(without_headers) {
  BOOST_TEST(drawn({.headers = false}).starts_with("b         "));
  BOOST_TEST(drawn({.headers = false, .csv = true}).starts_with("b,1200,"));
}

BOOST_AUTO_TEST_CASE(sorted_by_value) {
  BOOST_TEST(order_by("actor") == "abc");
  BOOST_TEST(order_by("TASKS") == "abc");
  BOOST_TEST(order_by("Size") == "cab");
  BOOST_TEST(order_by("age") == "acb");
  BOOST_TEST(words_of([] { drawn({.sort_by = "tsks"}); }) ==
             "there is no column 'tsks' to sort by | the columns are ACTOR, TASKS, SIZE, AGE");
}

BOOST_AUTO_TEST_CASE(the_order_of_cells) {
  const auto check = [](const std::vector<std::string_view>& rising) {
    for (std::size_t i = 1; i < rising.size(); ++i) {
      BOOST_TEST(cell_before(rising[i - 1], rising[i]), rising[i - 1] << " " << rising[i]);
      BOOST_TEST(!cell_before(rising[i], rising[i - 1]), rising[i - 1] << " " << rising[i]);
    }
  };
  check({"0", "9", "~80", "1,000", "<unknown>", "<none>"});
  check({"<1%", "1%", "9%", "70%", "100%"});
  check({"now", "in 5m", "in 2h"});
  check({"0.8s", "59s", "3m20s", "2h", "1d", "2w"});
  check({"3m, dead", "5m", "2h, dead"});
  check({"5% of 2.0 GiB", "70% of 2.0 GiB", "<no metrics>"});
  check({"11111111-2222", "22222222-1111", "9f"});
  check({"10.0.0.1", "2026.8.0", "9.x"});
  check({"1", "a", "<none>"});
}

BOOST_AUTO_TEST_CASE(streamed_rows_are_held_to_be_sorted) {
  FakeTerminal terminal;
  terminal.draw_tables({.csv = true, .sort_by = "n"});
  {
    StreamedListing listing(terminal, {{"N", true}});
    for (int i = 1000; i > 0; --i) listing.add({std::to_string(i)});
    BOOST_TEST(terminal.printed == "");
    listing.finish();
  }
  BOOST_TEST(terminal.printed.starts_with("N\n1\n2\n3\n"));
  StreamedListing many(terminal, {{"N", true}});
  for (std::size_t i = 0; i < StreamedListing::kMostSorted; ++i) many.add({"1"});
  BOOST_TEST((error_of([&] { many.add({"1"}); }) == ErrorCode::usage));

  terminal.printed.clear();
  terminal.draw_tables({.csv = true});
  StreamedListing none(terminal, {{"N", true}});
  none.finish();
  BOOST_TEST(terminal.printed == "N\n");
}

BOOST_AUTO_TEST_SUITE_END()

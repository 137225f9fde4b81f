#include <boost/test/unit_test.hpp>

#include "akqueue/json.hpp"
#include "fakes.hpp"
#include "ui/streaming.hpp"

using namespace akqueue;
using namespace akqueue::ui;
using namespace akqueue::testing;

BOOST_AUTO_TEST_SUITE(streaming)

BOOST_AUTO_TEST_CASE(the_first_rows_decide_the_widths) {
  FakeTerminal terminal;
  StreamedListing listing(terminal, {{"ID"}, {"N", true}});
  for (int i = 0; i < 450; ++i) listing.add({i == 449 ? "longer-than-the-rest" : "id", std::to_string(i)});
  listing.finish();
  BOOST_TEST(terminal.printed.starts_with("ID     N\nid     0\n"));
  BOOST_TEST(terminal.printed.ends_with("id   448\nlonger-than-the-rest   449\n"));
}

BOOST_AUTO_TEST_CASE(no_rows_no_header) {
  FakeTerminal terminal;
  StreamedListing listing(terminal, {{"ID"}});
  listing.finish();
  BOOST_TEST(terminal.printed.empty());
}

BOOST_AUTO_TEST_CASE(a_document_is_what_it_would_be_in_one_piece) {
  for (const int rows : {0, 1, 3}) {
    FakeTerminal terminal;
    Json whole{{"version", 1}, {"kind", "tasks"}};
    StreamedDocument stream(terminal, whole, "tasks");
    whole["tasks"] = Json::array();
    for (int i = 0; i < rows; ++i) {
      const Json row{{"n", i}, {"list", {1, 2}}, {"text", "a\nb"}};
      stream.add(row);
      whole["tasks"].push_back(row);
    }
    stream.finish({{"count", rows}});
    whole["count"] = rows;
    BOOST_TEST(terminal.printed == whole.dump(2) + "\n");
  }
}

BOOST_AUTO_TEST_SUITE_END()

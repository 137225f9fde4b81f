#include "queue/task/traceback.hpp"

#include <boost/test/unit_test.hpp>

using namespace akqueue;
using namespace akqueue::queue;

namespace {

using TextLines = std::vector<std::string>;

constexpr const char* kAsText =
    "Traceback (most recent call last):\n"
    "  File \"/a.py\", line 3, in run\n"
    "    connect()\n"
    "requests.exceptions.ConnectionError: refused\n"
    "DETAIL: port 9000";

constexpr const char* kAsData = R"({"exception": [
  {"exc_type": "OutpostError", "exc_value": "no answer",
   "frames": [{"filename": "/b.py", "lineno": 7, "name": "send"}]},
  {"exc_type": "OSError", "exc_value": "", "is_cause": true, "frames": "odd"}], "host": "x"})";

}  // namespace

BOOST_AUTO_TEST_SUITE(traceback)

BOOST_AUTO_TEST_CASE(the_exception_is_what_stands_after_the_last_frame) {
  BOOST_TEST(error_in(kAsText, {}) == "requests.exceptions.ConnectionError: refused");
  BOOST_TEST(error_in("Error connecting\nto outpost", {}) == "Error connecting");
  BOOST_TEST(error_in("no answer", read_attributes(kAsData)) == "OutpostError: no answer");
  BOOST_TEST(error_in("Traceback (most recent call last):\n", {}).empty());
  BOOST_TEST(error_in("e", read_attributes("[1]")) == "e");
  BOOST_TEST(error_in("e", read_attributes("{broken")) == "e");
}

BOOST_AUTO_TEST_CASE(an_exception_as_data_reads_as_python_prints_it) {
  BOOST_TEST(traceback_in("no answer", read_attributes(kAsData)) ==
                 (TextLines{"Traceback (most recent call last):", "OSError",
                            "which led to:", "Traceback (most recent call last):", "  File \"/b.py\", line 7, in send",
                            "OutpostError: no answer"}),
             boost::test_tools::per_element());
  BOOST_TEST(traceback_in(kAsText, {}).size() == 5u);
  BOOST_TEST(traceback_in("Task failed", read_attributes(R"({"exception": "text"})")).empty());
}

BOOST_AUTO_TEST_SUITE_END()

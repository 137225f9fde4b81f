// What tables keep of the disk beyond their rows' needs.
#include <boost/test/unit_test.hpp>

#include "queue/measure/disk.hpp"

using namespace akqueue;
using namespace akqueue::queue;

namespace {

constexpr std::int64_t kMiB = 1 << 20;

session::Table table_of(std::int64_t mebibytes, std::optional<std::int64_t> rows = {},
                        const std::string& name = "authentik_tasks_task") {
  session::Table table;
  table.name = name;
  table.bytes = mebibytes * kMiB;
  table.rows_estimate = rows;
  table.row_bytes = 900;
  table.indexes = {"btree (state, mtime)"};
  return table;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(disk)

BOOST_AUTO_TEST_CASE(what_is_worth_a_line) {
  BOOST_TEST(slack_of(table_of(832), 0).value() == 832 * kMiB, "no row needs anything");
  BOOST_TEST(slack_of(table_of(832), 1000).value() == 832 * kMiB - 1000 * (900 + 2 * 48));
  BOOST_TEST(!slack_of(table_of(15), 0).has_value(), "too little");
  BOOST_TEST(!slack_of(table_of(832), 300'000).has_value(), "a table is never packed to the brim");
  session::Table unknown = table_of(832);
  unknown.row_bytes = std::nullopt;
  BOOST_TEST(!slack_of(unknown, 1000).has_value());
  BOOST_TEST(slack_of(unknown, 0).has_value());
}

BOOST_AUTO_TEST_CASE(room_of_what_went) {
  session::Catalog catalog;
  catalog.tables = {table_of(100, 1000), table_of(300, 3000, "authentik_tasks_tasklog"), table_of(50, 10, "another")};
  BOOST_TEST(room_of(catalog, 1000, {.logs = 3000}) == 400 * kMiB);
  BOOST_TEST(room_of(catalog, 500, {.logs = 0}) == 50 * kMiB);
  BOOST_TEST(room_of(catalog, 4000, {.logs = 0}) == 100 * kMiB, "the estimate was too low");
  BOOST_TEST(room_of(catalog, 0, {}) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

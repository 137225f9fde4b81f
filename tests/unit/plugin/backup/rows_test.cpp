// What the reader of backups takes for a row, and what not: it is run between a deletion and its COMMIT.
#include <boost/test/unit_test.hpp>

#include "backup/json_row.hpp"
#include "backup/rows.hpp"
#include "backup/value.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::backup;
using namespace akqueue::testing;

namespace {

KeptColumn column(const std::string& name, const std::string& type, bool binary = true, bool nullable = false) {
  KeptColumn made{.name = name, .type = type, .nullable = nullable};
  if (!binary) return made;
  made.binary = session::portable_type(type);
  made.form = ColumnForm::binary;
  return made;
}

const KeptTable kTable{
    .schema = "public",
    .name = "t",
    .columns = {column("id", "uuid"), column("words", "text", true, true), column("other", "hstore", false, true)},
    .primary_key = {"id"}};
const std::string kId(16, '\x11');

std::string row(const std::vector<Field>& fields) {
  std::string tuple;
  begin_tuple(tuple, fields.size());
  for (const Field& field : fields) append_field(tuple, field);
  return tuple;
}

std::string fault(const std::string& tuples) {
  return words_of([&] { check_rows(kTable, tuples, [](const TupleReader&) {}); });
}

std::string bytes(std::initializer_list<int> values) {
  std::string made;
  for (const int value : values) made += static_cast<char>(value);
  return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(backup_rows)

BOOST_AUTO_TEST_CASE(rows_go_through_one_by_one) {
  std::vector<std::string> seen;
  const std::string tuples = row({kId, "ä", std::nullopt}) + row({kId, std::nullopt, "a=>1"});
  BOOST_TEST(check_rows(kTable, tuples, [&](const TupleReader& one) { seen.push_back(json_of_row(kTable, one)); }) ==
             2);
  BOOST_TEST(seen == (std::vector<std::string>{
                         R"({"id":"11111111-1111-1111-1111-111111111111","words":"ä","other":null})",
                         R"({"id":"11111111-1111-1111-1111-111111111111","words":null,"other":"a=>1"})"}),
             boost::test_tools::per_element());
  BOOST_TEST(check_rows(kTable, "", [](const TupleReader&) {}) == 0);
}

BOOST_AUTO_TEST_CASE(what_would_not_go_back_is_named_by_row_and_column) {
  const std::string name = "a row can't be kept: t 11111111-1111-1111-1111-111111111111: ";
  BOOST_TEST(fault(row({kId, "\xff", std::nullopt})) == name + "column words (text): it is not UTF-8 text");
  BOOST_TEST(fault(row({kId, std::string("a\0b", 3), std::nullopt})) ==
             name + "column words (text): it is not UTF-8 text");
  BOOST_TEST(fault(row({kId, "x", "\xc3"})) == name + "column other (hstore): it is not UTF-8 text");
  BOOST_TEST(fault(row({kId, "x"})) == name + "it has 2 values, but the table has 3 columns");
  BOOST_TEST(fault(row({"short", "x", std::nullopt})) ==
             "a row can't be kept: t: column id (uuid): its length is 5, not 16");
  BOOST_TEST(fault(row({std::nullopt, "x", std::nullopt})) == "a row can't be kept: t: column id (uuid): it is NULL");
  const std::string whole = row({kId, "x", "y"});
  for (std::size_t length = 1; length < whole.size(); ++length)
    BOOST_TEST(fault(whole.substr(0, length)) == "a row ends too early", length);
}

BOOST_AUTO_TEST_CASE(values_that_are_none_of_their_type) {
  const auto fault_in = [](const char* type, const std::string& value) {
    return fault_of(session::portable_type(type).value(), value);
  };
  BOOST_TEST(fault_in("boolean", bytes({1})) == "");
  BOOST_TEST(fault_in("boolean", bytes({2})) == "it is not a boolean");
  BOOST_TEST(fault_in("jsonb", "\x01{}") == "");
  BOOST_TEST(fault_in("jsonb", "{}") == "it is not a jsonb");
  BOOST_TEST(fault_in("jsonb", "") == "it is not a jsonb");
  BOOST_TEST(fault_in("numeric", bytes({0, 1, 0, 0, 0, 0, 0, 0, 0, 7})) == "");
  BOOST_TEST(fault_in("numeric", bytes({0, 2, 0, 0, 0, 0, 0, 0, 0, 7})) == "it is not a numeric");
  BOOST_TEST(fault_in("numeric", bytes({0, 1, 0, 0, 0, 0, 0, 0, 0x27, 0x10})) ==
             "it is not a numeric");  // a digit of 10,000
  BOOST_TEST(fault_in("numeric", bytes({0, 0, 0, 0, 1, 0, 0, 0})) == "it is not a numeric");
  BOOST_TEST(fault_in("integer[]", bytes({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23})) == "");
  BOOST_TEST(fault_in("integer[]", bytes({0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0,
                                          0, 1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0,  0, 7})) == "");
  BOOST_TEST(
      fault_in("integer[]", bytes({0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 7})) ==
      "in an element, its length is 2, not 4");
  // Dimensions that promise more than there is, or nothing at all a great many times.
  BOOST_TEST(fault_in("integer[]", bytes({0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 127, 0, 0, 0, 0, 0, 0, 1})) ==
             "it is not an array");
  BOOST_TEST(fault_in("integer[]", bytes({0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 23, 127, 0,
                                          0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,  0,   1})) == "it is not an array");
  BOOST_TEST(fault_in("integer[]", bytes({0, 0, 0, 7})) == "it is not an array");
}

BOOST_AUTO_TEST_CASE(types_are_told_by_their_catalog_name) {
  BOOST_TEST(session::portable_type("character varying(255)[]").value().name() == "character varying[]");
  BOOST_TEST(session::portable_type("timestamp(3) with time zone[]").value().name() == "timestamp with time zone[]");
  BOOST_TEST(session::portable_type("numeric(10,2)").value().name() == "numeric");
  for (const char* other : {"json", "character(3)", "hstore", "timestamp without time zone", "\"char\"", "name",
                            "money", "int4range", "", "[]", "text[][]"}) {
    BOOST_TEST(!session::portable_type(other).has_value(), other);
  }
}

/// Of version 1.
BOOST_AUTO_TEST_CASE(rows_of_json_may_have_numbers_of_any_size) {
  const std::string big = R"({"state": "queued", "n": [1.8e308, -)" + std::string(617, '9') + R"(, 1e-400, 0.)" +
                          std::string(400, '1') + R"(], "s": "1e999 \" 12345678901234567890"})";
  BOOST_TEST(read_json_row(big).has_value());
  BOOST_TEST(read_json_row(big)->state == "queued");
  BOOST_TEST(parse_json_row(big).at("s") == R"(1e999 " 12345678901234567890)");
  for (const char* broken : {"", "[]", "{", "{}x", R"({"a": 1e})", R"({"a": .5})", R"({"a": "\)"})
    BOOST_TEST(!read_json_row(broken).has_value(), broken);
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>

#include "replica/functions.hpp"
#include "replica/sql_text.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;

BOOST_AUTO_TEST_SUITE(sql_text)

BOOST_AUTO_TEST_CASE(casts_to_types_that_sqlite_lacks_become_functions) {
  BOOST_TEST(with_casts("SELECT CAST($1 AS uuid)") == "SELECT pg_uuid($1 )");
  BOOST_TEST(with_casts("SELECT cast ( a + (1) as timestamp with time zone ) FROM t") ==
             "SELECT pg_timestamptz ( a + (1) ) FROM t");
  BOOST_TEST(with_casts("CAST(CAST($1 AS bigint) AS boolean)") == "pg_boolean(pg_bigint($1 ) )");
}

BOOST_AUTO_TEST_CASE(everything_else_stays) {
  for (const std::string sql :
       {"SELECT CAST(a AS text) AS uuid FROM t", "SELECT 'CAST(a AS uuid)' -- CAST(a AS uuid)\n", "SELECT \"cast\"(x)",
        "/* CAST(a AS uuid) */ SELECT count(*) FROM t AS uuid", "SELECT 'it''s' || $1, \"ä\"\"b\"", "SELECT ')("}) {
    BOOST_TEST(with_casts(sql) == sql);
  }
}

BOOST_AUTO_TEST_CASE(checks_are_found_in_the_text_of_a_table) {
  const auto checks = checks_in("CREATE TABLE t (a integer CHECK ((a >= 0)), \"check\" text, b text CHECK(b <> ')'))");
  BOOST_TEST(checks == (std::vector<std::string>{"CHECK ((a >= 0))", "CHECK (b <> ')')"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(deferrable_keys_are_found_in_the_text_of_a_table) {
  const auto keys = deferrable_keys_in(
      "CREATE TABLE t (a uuid REFERENCES x (deferrable_id), b uuid references x ON DELETE CASCADE Deferrable initially "
      "deferred,"
      " \"references\" text, c uuid REFERENCES x NOT /* so */ DEFERRABLE, FOREIGN KEY (b) REFERENCES y (z) "
      "DEFERRABLE)");
  BOOST_TEST(keys == (std::vector<bool>{false, true, false, true}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(functions_convert_and_refuse_as_postgresql_does) {
  Database database(":memory:", Database::Open::create);
  add_functions(database, [] { return *parse_timestamp(kNow); });
  const auto text = [&](const std::string& expression) {
    return database.text_of("SELECT " + expression).value_or("null");
  };
  const auto state = [&](const std::string& expression) {
    try {
      return "no error: " + text(expression);
    } catch (const Error& error) { return error.sqlstate(); }
  };
  BOOST_TEST(text("now()") == kNow);
  BOOST_TEST(text("CURRENT_TIMESTAMP") == kNow);
  BOOST_TEST(text("pg_uuid('11111111-2222-4333-8444-55555555555A')") == "11111111-2222-4333-8444-55555555555a");
  BOOST_TEST(text("pg_uuid(NULL)") == "null");
  BOOST_TEST(text("pg_timestamptz('2026-05-01 14:00:00.5+02')") == "2026-05-01T12:00:00.500000Z");
  BOOST_TEST(text("pg_timestamptz('infinity')") == "infinity");
  BOOST_TEST(text("pg_boolean('off')") == "0");
  BOOST_TEST(text("pg_boolean(7)") == "1");
  BOOST_TEST(text("pg_integer('-12')") == "-12");
  BOOST_TEST(text("pg_bigint(2.5)") == "2");
  BOOST_TEST(text("hex(pg_bytea('\\x00fF'))") == "00FF");
  BOOST_TEST(state("pg_uuid('x')") == "22P02");
  BOOST_TEST(state("pg_timestamptz('x')") == "22007");
  BOOST_TEST(state("pg_boolean('maybe')") == "22P02");
  BOOST_TEST(state("pg_integer('1x')") == "22P02");
  BOOST_TEST(state("pg_integer('3000000000')") == "22003");
  BOOST_TEST(state("pg_jsonb('{')") == "22P02");
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>

#include "replica/database.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;

namespace {

std::string state_of(Database& database, const std::string& sql) {
  try {
    database.prepare(sql).run();
  } catch (const Error& error) { return error.sqlstate(); }
  return "none";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(database)

BOOST_AUTO_TEST_CASE(errors_have_the_sqlstate_of_postgresql) {
  Database database(":memory:", Database::Open::create);
  database.run(
      "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE t (a integer NOT NULL UNIQUE CHECK (a > 0), p integer "
      "REFERENCES p (id));"
      "INSERT INTO t VALUES (1, NULL)");
  BOOST_TEST(state_of(database, "SELECT 1") == "none");
  BOOST_TEST(state_of(database, "SELEC 1") == "42601");
  BOOST_TEST(state_of(database, "SELECT (1") == "42601");
  BOOST_TEST(state_of(database, "SELECT 'x") == "42601");
  BOOST_TEST(state_of(database, "SELECT 1; SELECT 2") == "42601");
  BOOST_TEST(state_of(database, "  -- nothing") == "42601");
  BOOST_TEST(state_of(database, "SELECT * FROM nowhere") == "42P01");
  BOOST_TEST(state_of(database, "SELECT b FROM t") == "42703");
  BOOST_TEST(state_of(database, "SELECT \"b\" FROM t") == "42703");
  BOOST_TEST(state_of(database, "INSERT INTO t (b) VALUES (1)") == "42703");
  BOOST_TEST(state_of(database, "SELECT unheard_of(1)") == "42883");
  BOOST_TEST(state_of(database, "INSERT INTO t VALUES (NULL, NULL)") == "23502");
  BOOST_TEST(state_of(database, "INSERT INTO t VALUES (2, 7)") == "23503");
  BOOST_TEST(state_of(database, "INSERT INTO t VALUES (1, NULL)") == "23505");
  BOOST_TEST(state_of(database, "INSERT INTO t VALUES (-1, NULL)") == "23514");
  BOOST_TEST(state_of(database, "SELECT json('{')") == "22P02");
  BOOST_TEST(state_of(database, "CREATE TABLE t (a integer)") == "42P07");
}

BOOST_AUTO_TEST_CASE(like_tells_capitals_apart) {
  Database database(":memory:", Database::Open::create);
  BOOST_TEST(database.integer_of("SELECT 'Abc' LIKE 'a%'") == 0);
  BOOST_TEST(database.integer_of("SELECT 'abc' LIKE 'a%'") == 1);
}

BOOST_AUTO_TEST_CASE(values_come_back_as_they_went) {
  Database database(":memory:", Database::Open::create);
  Statement statement = database.prepare("SELECT ?1, ?2, ?3, ?4, ?5");
  statement.bind(1, std::int64_t{-5})
      .bind(2, 0.5)
      .bind(3, std::string("text"))
      .bind(4, Blob{std::string("\0\xff", 2)})
      .bind(5, std::monostate());
  BOOST_REQUIRE(statement.step());
  BOOST_TEST(statement.integer(0) == -5);
  BOOST_TEST(statement.real(1) == 0.5);
  BOOST_TEST(statement.text(2) == "text");
  BOOST_TEST((statement.text(3) == std::string_view("\0\xff", 2)));
  BOOST_TEST((statement.kind(4) == SqlKind::null));
}

BOOST_AUTO_TEST_CASE(an_empty_blob_is_not_null) {
  Database database(":memory:", Database::Open::create);
  Statement statement = database.prepare("SELECT ?1, ?2");
  statement.bind_blob(1, {}).bind(2, Blob{});
  BOOST_REQUIRE(statement.step());
  BOOST_TEST((statement.kind(0) == SqlKind::blob));
  BOOST_TEST((statement.kind(1) == SqlKind::blob));
}

BOOST_AUTO_TEST_CASE(what_a_function_throws_is_what_the_statement_fails_with) {
  Database database(":memory:", Database::Open::create);
  database.add_function("refuse", 0, [](std::span<const SqlValue>) -> SqlValue { throw sql_error("12345", "no"); });
  BOOST_TEST(state_of(database, "SELECT refuse()") == "12345");
  BOOST_TEST(state_of(database, "SELECT * FROM nowhere") == "42P01");
}

BOOST_AUTO_TEST_CASE(a_second_writer_waits_for_the_lock_and_no_longer_than_it_may) {
  const TempFolder folder;
  Database first(folder.file("db"), Database::Open::create);
  first.run("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");
  Database second(folder.file("db"));
  second.set_limits({{}, std::chrono::milliseconds(60)});
  second.start_statement();
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST(state_of(second, "BEGIN IMMEDIATE") == "55P03");
  BOOST_TEST((std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(50)));
  first.run("COMMIT");
  second.start_statement();
  BOOST_TEST(state_of(second, "BEGIN IMMEDIATE") == "none");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_an_error_of_the_system) {
  BOOST_CHECK_EXCEPTION(Database("/nowhere/at/all"), Error,
                        [](const Error& error) { return error.code() == ErrorCode::system; });
}

BOOST_AUTO_TEST_SUITE_END()

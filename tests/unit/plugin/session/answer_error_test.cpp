#include "session/answer_error.hpp"

#include <boost/test/unit_test.hpp>

#include "akqueue/sqlstate.hpp"

using namespace akqueue;

namespace {

Error told(std::string_view sqlstate, const std::string& hint = {}) {
  ForeignJson reply{{"code", "sql"}, {"message", "it failed"}, {"sqlstate", std::string(sqlstate)}};
  if (!hint.empty()) reply["hint"] = hint;
  return session::error_of(reply);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(answer_errors)

BOOST_AUTO_TEST_CASE(a_server_in_trouble_is_told_with_what_to_do) {
  BOOST_TEST(told(sqlstate::kDiskFull).hint().starts_with("the disk of the database is full"));
  BOOST_TEST(told(sqlstate::kIoError).hint().starts_with("the database's server could not read or write its files"));
  BOOST_TEST(told(sqlstate::kDataCorrupted).hint().starts_with("files of the database are damaged"));
  BOOST_TEST(told(sqlstate::kIndexCorrupted).hint().starts_with("an index of the database is damaged"));
  BOOST_TEST(told(sqlstate::kIoError).sqlstate() == sqlstate::kIoError);
}

BOOST_AUTO_TEST_CASE(its_own_hint_stays_and_an_error_of_the_statement_gets_none) {
  BOOST_TEST(told(sqlstate::kDiskFull, "Check free disk space.").hint() == "Check free disk space.");
  BOOST_TEST(told("42601").hint().empty());
}

BOOST_AUTO_TEST_SUITE_END()

// What PostgreSQL 15, libpq and PgBouncer 1.18 say when there is no way in.
#include "session/connect_error.hpp"

#include <boost/test/unit_test.hpp>

using namespace akqueue;

namespace {

Error refused_with(const std::string& message) { return Error(ErrorCode::connect, message); }

/// The words before the message that was given.
std::string meaning_of(const std::string& message) {
  const Error explained = session::explain_connecting(refused_with(message), "web-1");
  const std::string said = explained.what();
  BOOST_TEST(said.ends_with(": " + message), said);
  BOOST_TEST(!explained.hint().empty());
  return said.substr(0, said.size() - message.size() - 2);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connect_errors)

BOOST_AUTO_TEST_CASE(each_way_of_not_getting_in_has_its_words) {
  const std::string none_left = "the database has no connection left for pod web-1";
  BOOST_TEST(meaning_of("connection failed: FATAL:  sorry, too many clients already") == none_left);
  BOOST_TEST(meaning_of("FATAL:  remaining connection slots are reserved for non-replication superuser connections") ==
             none_left);
  BOOST_TEST(meaning_of("FATAL:  too many connections for role \"authentik\"") == none_left);
  const std::string exhausted = "the pooler before the database has no connection left for pod web-1";
  BOOST_TEST(meaning_of("FATAL:  no more connections allowed (max_client_conn)") == exhausted);
  BOOST_TEST(meaning_of("FATAL:  query_wait_timeout") == exhausted);
  const std::string no_room = "the database's table of locks is full, and leaves no room for a connection of pod web-1";
  BOOST_TEST(meaning_of("connection failed: FATAL:  out of shared memory HINT:  You might need to increase "
                        "max_locks_per_transaction.") == no_room);
  BOOST_TEST(meaning_of("FATAL:  server login failed: FATAL out of shared memory") == no_room);
  BOOST_TEST(meaning_of("FATAL:  the database system is starting up") ==
             "the database is starting or stopping, and can't be reached from pod web-1");
  BOOST_TEST(meaning_of("FATAL:  password authentication failed for user \"authentik\"") ==
             "the database refuses the password of pod web-1");
  BOOST_TEST(meaning_of("connection failed: fe_sendauth: no password supplied") ==
             "there is no password for the database in pod web-1");
  BOOST_TEST(
      meaning_of("FATAL:  no pg_hba.conf entry for host \"10.0.0.7\", user \"a\", database \"b\", no encryption") ==
      "the database does not take such a connection from pod web-1");
  const std::string tls = "TLS to the database fails in pod web-1";
  BOOST_TEST(meaning_of("connection failed: SSL error: certificate verify failed") == tls);
  BOOST_TEST(meaning_of("server does not support SSL, but SSL was required") == tls);
  BOOST_TEST(meaning_of("root certificate file \"/ca.crt\" does not exist") == tls);
  const std::string unknown = "the database's name does not resolve in pod web-1";
  BOOST_TEST(meaning_of("could not translate host name \"db\" to address: Name or service not known") == unknown);
  BOOST_TEST(meaning_of("[Errno -3] Temporary failure in name resolution") == unknown);
  BOOST_TEST(meaning_of("connection to server at \"10.0.0.5\", port 5432 failed: timeout expired") ==
             "the database does not answer pod web-1");
  BOOST_TEST(meaning_of("connection to server at \"10.0.0.5\", port 5432 failed: Connection refused") ==
             "the database can't be reached from pod web-1");
}

BOOST_AUTO_TEST_CASE(some_of_them_pass) {
  BOOST_TEST(session::may_pass(refused_with("FATAL:  sorry, too many clients already")));
  BOOST_TEST(session::may_pass(refused_with("FATAL:  query_wait_timeout")));
  BOOST_TEST(session::may_pass(refused_with("FATAL:  the database system is shutting down")));
  BOOST_TEST(!session::may_pass(refused_with("FATAL:  password authentication failed for user \"authentik\"")));
  BOOST_TEST(!session::may_pass(Error(ErrorCode::sql, "sorry, too many clients already")));
}

BOOST_AUTO_TEST_CASE(some_of_them_end_with_the_workers) {
  BOOST_TEST(session::workers_hold_it(refused_with("FATAL:  sorry, too many clients already")));
  BOOST_TEST(session::workers_hold_it(refused_with("FATAL:  query_wait_timeout")));
  BOOST_TEST(session::workers_hold_it(refused_with("FATAL:  out of shared memory")));
  BOOST_TEST(session::workers_hold_it(Error(ErrorCode::sql, "out of shared memory").with_sqlstate("53200")));
  BOOST_TEST(!session::workers_hold_it(refused_with("FATAL:  the database system is shutting down")));
  BOOST_TEST(!session::workers_hold_it(Error(ErrorCode::sql, "sorry, too many clients already")));
}

BOOST_AUTO_TEST_CASE(other_errors_stay_as_they_are) {
  const Error error = session::explain_connecting(Error(ErrorCode::no_python, "no python", "a hint"), "web-1");
  BOOST_TEST(std::string(error.what()) == "no python");
  BOOST_TEST(error.hint() == "a hint");
}

BOOST_AUTO_TEST_SUITE_END()

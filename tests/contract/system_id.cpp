// What names a database itself, told by hello or made out.
#include "backup/system_id.hpp"

#include <boost/test/unit_test.hpp>
#include <regex>

#include "queue.hpp"

using namespace akqueue;
using namespace akqueue::contract;

BOOST_FIXTURE_TEST_SUITE(system_id, EmptyQueue, *boost::unit_test::label("once"))

BOOST_AUTO_TEST_CASE(hello_names_the_database_and_each_session_alike) {
  static const std::regex kPostgres("[0-9]{15,}/[0-9]+");
  static const std::regex kReplica("[0-9a-f]{32}");
  BOOST_TEST(std::regex_match(facts.system, peer.is_postgres() ? kPostgres : kReplica), facts.system);
  BOOST_TEST(peer.open().facts.system == facts.system);
}

BOOST_AUTO_TEST_CASE(a_fingerprint_stays_while_the_first_migration_does) {
  const std::string of_the_tenant = backup::fingerprint(*session, "public");
  static const std::regex kFingerprint("tenants:[0-9a-f]{16}");
  BOOST_TEST(std::regex_match(of_the_tenant, kFingerprint), of_the_tenant);
  BOOST_TEST(backup::fingerprint(*session, "public") == of_the_tenant);
  BOOST_TEST(backup::fingerprint(*session, "nowhere") == "");  // nothing to go by

  const ExtraTable migrations(*this, "django_migrations",
                              "id integer NOT NULL PRIMARY KEY, applied timestamp with time zone NOT NULL");
  const auto migrate = [&](int id, Timestamp at) {
    write({"INSERT INTO django_migrations VALUES ($1, $2)", session::Value::array({id, format_timestamp(at)})});
  };
  migrate(1, now());
  const std::string of_both = backup::fingerprint(*session, "public");
  BOOST_TEST(std::regex_match(of_both, kFingerprint), of_both);
  BOOST_TEST(of_both != of_the_tenant);
  migrate(2, now() + kSecond);
  BOOST_TEST(backup::fingerprint(*session, "public") == of_both);
  write({"UPDATE django_migrations SET applied = $1", session::Value::array({format_timestamp(now() + 5 * kSecond)})});
  BOOST_TEST(backup::fingerprint(*session, "public") != of_both);
}

BOOST_AUTO_TEST_CASE(what_may_not_be_read_does_not_count) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("SQLite has no privileges");
    return;
  }
  const std::string of_the_tenant = backup::fingerprint(*session, "public");
  const ExtraTable migrations(*this, "django_migrations", "applied timestamp with time zone NOT NULL");
  write({"INSERT INTO django_migrations VALUES (now())"});
  BOOST_TEST(backup::fingerprint(*session, "public") != of_the_tenant);
  write({"REVOKE ALL ON django_migrations FROM CURRENT_USER"});
  BOOST_TEST(backup::fingerprint(*session, "public") == of_the_tenant);
  BOOST_TEST(read({"SELECT 1"}).size() == 1u);  // no transaction was left behind
}

BOOST_AUTO_TEST_SUITE_END()

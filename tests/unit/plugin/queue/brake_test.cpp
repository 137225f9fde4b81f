// What holds a deletion back, and for how long.
#include <boost/test/unit_test.hpp>

#include "queue/change/brake.hpp"

using namespace akqueue;
using namespace akqueue::queue;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

/// A brake whose clock the test moves.
struct Braked {
  explicit Braked(const BrakeLimits& limits) : brake(limits, [this] { return at; }) {}

  Brake::Clock::time_point at{1h};
  Brake brake;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(brake)

BOOST_AUTO_TEST_CASE(without_limits_nothing_holds_it) {
  Braked free({.replica_lag = 0ms, .others_wait = 0ms});
  BOOST_TEST(!free.brake.wants_a_look());
  free.brake.add(1'000'000);
  free.brake.saw({.replica_lag = 1h, .others_wait = 1h, .transaction_age = 1h});
  BOOST_TEST(free.brake.rest().count() == 0);
  BOOST_TEST(free.brake.words().empty());
  BOOST_TEST(free.brake.most(50'000) == 50'000);
}

BOOST_AUTO_TEST_CASE(rows_keep_to_their_rate) {
  Braked slow({.rows_per_second = 200});
  BOOST_TEST(slow.brake.most(50'000) == 200);
  BOOST_TEST(slow.brake.most(10) == 10);
  BOOST_TEST(slow.brake.rest().count() == 0);
  slow.brake.add(100);
  BOOST_TEST((slow.brake.rest() == 500ms));
  slow.brake.add(1900);
  BOOST_TEST((slow.brake.rest() == 1s), "no longer than that at once: then a look tells more");
  BOOST_TEST(slow.brake.words() == "held back by --max-rate");
  slow.at += 10s;
  BOOST_TEST(slow.brake.rest().count() == 0);
}

BOOST_AUTO_TEST_CASE(a_replica_that_is_behind_holds_it_until_it_has_caught_up) {
  Braked usual({});
  usual.brake.saw({.replica_lag = 10s});
  BOOST_TEST(usual.brake.rest().count() == 0);
  usual.brake.saw({.replica_lag = 94s});
  BOOST_TEST((usual.brake.rest() == 1s));
  BOOST_TEST(usual.brake.words() == "held back, the replica is 94s behind (--max-lag)");
  usual.at += 1h;
  BOOST_TEST((usual.brake.rest() == 1s), "until a look says otherwise");
  usual.brake.saw({});
  BOOST_TEST(usual.brake.rest().count() == 0);
}

BOOST_AUTO_TEST_CASE(others_that_waited_get_as_long_for_themselves) {
  Braked usual({});
  usual.brake.saw({.others_wait = 1500ms});
  BOOST_TEST((usual.brake.rest() == 1s));
  BOOST_TEST(usual.brake.words() == "held back, others waited 1.5s for it (--max-wait)");
  usual.at += 1200ms;
  BOOST_TEST((usual.brake.rest() == 300ms));
  usual.at += 300ms;
  BOOST_TEST(usual.brake.rest().count() == 0);
}

BOOST_AUTO_TEST_CASE(an_old_transaction_holds_it_only_where_that_was_asked_for) {
  Braked usual({});
  usual.brake.saw({.transaction_age = 1h});
  BOOST_TEST(usual.brake.rest().count() == 0);
  Braked careful({.transaction_age = 10min});
  careful.brake.saw({.transaction_age = 1h});
  BOOST_TEST(careful.brake.words() == "held back, a transaction is open since 60m (--max-age)");
}

BOOST_AUTO_TEST_CASE(it_looks_once_a_second_and_says_what_it_could_not_see) {
  Braked usual({});
  BOOST_TEST(usual.brake.wants_a_look());
  usual.brake.saw({.replica_hidden = true});
  BOOST_TEST(!usual.brake.wants_a_look());
  usual.at += 1s;
  BOOST_TEST(usual.brake.wants_a_look());
  BOOST_TEST(usual.brake.blind().starts_with("how far replicas were behind could not be seen"));
  BOOST_TEST(Braked({.replica_lag = 0ms}).brake.blind().empty());
}

BOOST_AUTO_TEST_SUITE_END()

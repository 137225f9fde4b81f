// Two operators at once, and a deletion while workers take, finish and enqueue tasks.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "deletions.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

/// Somebody else, with a session of their own.
struct Operator {
  explicit Operator(Peer& peer)
      : opened(peer.open()), dialect(session::make_dialect(opened.facts.engine, opened.facts.server_version)) {
    catalog = opened.session->introspect("authentik_tasks_task");
  }
  session::Database database() { return {*opened.session, catalog, *dialect}; }

  session::Opened opened;
  session::Catalog catalog;
  std::unique_ptr<session::Dialect> dialect;
};

/// What went wrong in a thread is looked at when it has ended: checks belong to the test's own thread.
std::string words(const queue::DeletionResult& result) { return result.failure ? result.failure->what() : ""; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(concurrency, Deletions)

BOOST_AUTO_TEST_CASE(two_operators_share_the_work) {
  insert_many(12'000, "a", 1);
  Operator one(peer);
  Operator two(peer);
  const queue::DeletionPlan given = orders();
  queue::DeletionResult first;
  queue::DeletionResult second;
  std::thread other([&] {
    const session::Database open = two.database();
    second = queue::delete_tasks(open, given);
  });
  {
    const session::Database open = one.database();
    first = queue::delete_tasks(open, given);
  }
  other.join();
  BOOST_TEST(words(first).empty(), words(first));
  BOOST_TEST(words(second).empty(), words(second));
  BOOST_TEST(backup::total(first.deleted) + backup::total(second.deleted) == 12'000);
  BOOST_TEST(tasks() == 0);
  BOOST_TEST(logs() == 0);
}

BOOST_AUTO_TEST_CASE(workers_go_on_meanwhile) {
  insert_many(8'000, "a", 1);
  Operator self(peer);
  Operator site(peer);
  queue::DeletionPlan given = orders({.states = {"queued"}});
  std::atomic<bool> over = false;
  std::int64_t finished = 0;
  std::int64_t came = 0;
  std::string trouble;
  std::thread workers([&] {
    try {
      while (!over) {
        {
          session::Transaction transaction(*site.opened.session, kWriting);
          // Chosen once: inside IN (…) a planner may choose, and lock, three more rows for each that it compares.
          finished +=
              site.opened.session->execute({"WITH taken AS MATERIALIZED (SELECT t.message_id FROM authentik_tasks_task "
                                            "AS t WHERE t.state = 'queued' "
                                            "ORDER BY t.message_id LIMIT 3" +
                                            site.dialect->lock_rows("t") +
                                            ") UPDATE authentik_tasks_task SET state = 'done', mtime = now() WHERE "
                                            "message_id IN (SELECT message_id FROM taken)"});
          transaction.commit();
        }
        session::Statement copy;
        // A task that is enqueued now: like one that is there, with another id.
        copy.sql = "INSERT INTO authentik_tasks_task (" + [&] {
          std::string columns;
          for (const session::Column& column : site.catalog.tables.front().columns)
            columns += (columns.empty() ? "" : ", ") + session::quote_identifier(column.name);
          return columns;
        }() + ") SELECT ";
        std::string values;
        for (const session::Column& column : site.catalog.tables.front().columns) {
          std::string value = "t." + session::quote_identifier(column.name);
          if (column.name == "message_id")
            value = copy.bind("0ccccccc-1111-4111-8111-" + std::to_string(100'000'000'000 + came));
          if (column.name == "state") value = "'queued'";
          if (column.name == "mtime") value = "now()";
          if (column.name == "actor_name") value = "'new'";
          values += (values.empty() ? "" : ", ") + value;
        }
        copy.sql += values + " FROM authentik_tasks_task AS t WHERE t.state = 'done' LIMIT 1";
        session::Transaction transaction(*site.opened.session, kWriting);
        came += site.opened.session->execute(copy);
        transaction.commit();
      }
    } catch (const Error& error) { trouble = error.what(); }
  });
  queue::DeletionResult result;
  {
    const session::Database open = self.database();
    result = queue::delete_tasks(open, given);
  }
  over = true;
  workers.join();
  BOOST_TEST(trouble.empty(), trouble);
  BOOST_TEST(words(result).empty(), words(result));
  BOOST_TEST(tasks("state = 'queued' AND actor_name = 'a'") == 0);
  BOOST_TEST(tasks("state = 'queued' AND actor_name = 'new'") + tasks("state = 'done' AND actor_name = 'new'") == came);
  BOOST_TEST(backup::total(result.deleted) + tasks("state = 'done' AND actor_name = 'a'") == 8'000);
}

BOOST_AUTO_TEST_SUITE_END()

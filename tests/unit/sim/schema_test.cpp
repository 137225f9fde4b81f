#include <boost/test/unit_test.hpp>

#include "akqueue/json.hpp"
#include "embedded.hpp"
#include "replica/catalog.hpp"
#include "support.hpp"

using namespace akqueue;
using namespace akqueue::sim;
namespace {

const Json* table_named(const Json& catalog, const std::string& name) {
  for (const Json& table : catalog.at("tables")) {
    if (table.at("name") == name) return &table;
  }
  return nullptr;
}

std::vector<std::string> sorted(const Json& texts) {
  auto words = texts.get<std::vector<std::string>>();
  std::ranges::sort(words);
  return words;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema)

BOOST_AUTO_TEST_CASE(the_catalog_answers_what_the_data_file_says) {
  for (const std::string& release : known_releases()) {
    BOOST_TEST_CONTEXT(release) {
      Database database(":memory:", Database::Open::create);
      make_schema(database, release);
      const Json description = Json::parse(*embedded_file("schema/" + release + ".json"));
      for (const auto& [name, expected] : description.at("tables").items()) {
        const Json catalog = introspect(database, name);
        const Json* table = table_named(catalog, name);
        BOOST_REQUIRE(table != nullptr);
        BOOST_TEST(table->at("columns").dump() == expected.at("columns").dump());
        BOOST_TEST(table->at("primary_key").dump() == expected.at("primary_key").dump());
        BOOST_TEST(sorted(table->at("indexes")) == sorted(expected.at("indexes")), boost::test_tools::per_element());
        BOOST_TEST(sorted(table->at("triggers")) == sorted(expected.at("triggers")), boost::test_tools::per_element());
        BOOST_TEST(sorted(table->at("constraints")) == sorted(expected.at("constraints")),
                   boost::test_tools::per_element());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(there_is_a_description_of_each_release) {
  BOOST_TEST(known_releases() == (std::vector<std::string>{"2025.8", "2025.10", "2026.5", "2026.8", "next"}),
             boost::test_tools::per_element());
  BOOST_CHECK_THROW(read_schema("1999.1"), Error);
}

BOOST_AUTO_TEST_CASE(references_are_followed_on) {
  Database database(":memory:", Database::Open::create);
  make_schema(database, "2026.8");
  database.run("CREATE TABLE stranger (log uuid REFERENCES authentik_tasks_tasklog ON DELETE CASCADE, n integer)");
  const Json catalog = introspect(database, "authentik_tasks_task");
  BOOST_TEST(catalog.at("tables").front().at("name") == "authentik_tasks_task");
  BOOST_TEST(catalog.at("tables").size() == 4u);
  BOOST_TEST(table_named(catalog, "authentik_tasks_taskdependency") != nullptr);
  const Json expected =
      Json::parse(R"({"table":"stranger","columns":["log"],"to":"authentik_tasks_tasklog","to_columns":["id"],)"
                  R"("on_delete":"CASCADE"})");
  BOOST_TEST(std::ranges::count(catalog.at("references"), expected) == 1);
  BOOST_TEST(catalog.at("references").size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_table_that_does_not_exist_has_no_entry) {
  Database database(":memory:", Database::Open::create);
  BOOST_TEST(introspect(database, "nowhere").dump() == R"({"tables":[],"references":[]})");
}

BOOST_AUTO_TEST_CASE(rows_are_estimated) {
  Database database(":memory:", Database::Open::create);
  database.run("CREATE TABLE t (a integer); CREATE TABLE without (a integer PRIMARY KEY) WITHOUT ROWID");
  BOOST_TEST(introspect(database, "t").at("tables").front().at("rows_estimate") == 0);
  database.run("INSERT INTO t VALUES (1), (2), (3); DELETE FROM t WHERE a = 2");
  BOOST_TEST(introspect(database, "t").at("tables").front().at("rows_estimate") == 3);
  BOOST_TEST(introspect(database, "without").at("tables").front().at("rows_estimate").is_null());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(triggers)

namespace {
struct Tables {
  Database database{":memory:", Database::Open::create};
  Peer peer{database};  // for its functions
  Tables() { make_schema(database); }
  std::string text(const std::string& sql) { return database.text_of(sql).value_or("null"); }
};
}  // namespace

BOOST_FIXTURE_TEST_CASE(aggregated_status_is_the_state_or_the_worst_message, Tables) {
  const auto status = [&](const std::string& state, const std::string& messages) {
    database.run("DELETE FROM authentik_tasks_task; " + insert_task(kTaskId, state, messages));
    return text("SELECT aggregated_status FROM authentik_tasks_task");
  };
  BOOST_TEST(status("queued", R"([{"log_level":"error"}])") == "queued");
  BOOST_TEST(status("done", "[]") == "done");
  BOOST_TEST(status("done", R"([{"log_level":"info"}])") == "info");
  BOOST_TEST(status("done", R"([{"log_level":"error"},{"log_level":"info"}])") == "error");
  BOOST_TEST(status("done", R"([{"log_level":"warning"},{"log_level":"info"}])") == "warning");
  database.run("UPDATE authentik_tasks_task SET state = 'rejected'");
  BOOST_TEST(text("SELECT aggregated_status FROM authentik_tasks_task") == "rejected");
}

BOOST_FIXTURE_TEST_CASE(values_are_stored_in_one_form, Tables) {
  std::string insert = insert_task("AAAAAAAA-2222-4333-8444-555555555555");
  insert.replace(insert.find(kNow), std::string(kNow).size(), "2026-05-01 14:00:00+02");
  database.run(insert);
  BOOST_TEST(text("SELECT message_id || ' ' || mtime FROM authentik_tasks_task") ==
             std::string("aaaaaaaa-2222-4333-8444-555555555555 ") + kNow);
  database.run("UPDATE authentik_tasks_task SET eta = '2026-05-01T12:00:00Z'");
  BOOST_TEST(text("SELECT eta FROM authentik_tasks_task") == kNow);
}

BOOST_FIXTURE_TEST_CASE(malformed_values_are_refused, Tables) {
  const auto is = [](const char* state) { return [state](const Error& error) { return error.sqlstate() == state; }; };
  BOOST_CHECK_EXCEPTION(database.run(insert_task("nonsense")), Error, is("22P02"));
  database.run(insert_task());
  BOOST_CHECK_EXCEPTION(database.run("UPDATE authentik_tasks_task SET mtime = 'soon'"), Error, is("22007"));
  BOOST_CHECK_EXCEPTION(database.run("UPDATE authentik_tasks_task SET _previous_messages = '{half'"), Error,
                        is("22P02"));
  BOOST_CHECK_EXCEPTION(database.run("UPDATE authentik_tasks_task SET retries = 'many'"), Error, is("22P02"));
  BOOST_CHECK_EXCEPTION(database.run("UPDATE authentik_tasks_task SET retries = -1"), Error, is("23514"));
}

BOOST_FIXTURE_TEST_CASE(enqueueing_leaves_a_notification, Tables) {
  database.run(insert_task());
  BOOST_TEST(text("SELECT message_id FROM sim_notification WHERE queue_name = 'default'") == kTaskId);
  database.run("DELETE FROM sim_notification; UPDATE authentik_tasks_task SET eta = '" + std::string(kNow) + "'");
  BOOST_TEST(text("SELECT count(*) FROM sim_notification") == "0");
}

BOOST_FIXTURE_TEST_CASE(pausing_a_schedule_sets_its_next_run_to_the_epoch, Tables) {
  const std::string next = "SELECT next_run FROM authentik_tasks_schedules_schedule";
  database.run("INSERT INTO authentik_tasks_schedules_schedule VALUES ('" + std::string(kTaskId) +
               "', 'a', x'', x'', x'', '* * * * *', 0, '" + kNow + "', 'None', NULL, NULL, NULL)");
  database.run("UPDATE authentik_tasks_schedules_schedule SET crontab = '1 * * * *'");
  BOOST_TEST(text(next) == kNow);
  database.run("UPDATE authentik_tasks_schedules_schedule SET paused = 1");
  BOOST_TEST(text(next) == "1970-01-01T00:00:00.000000Z");
  database.run("UPDATE authentik_tasks_schedules_schedule SET next_run = '" + std::string(kNow) + "'");
  BOOST_TEST(text(next) == kNow);
}

BOOST_AUTO_TEST_SUITE_END()

// The catalog: authentik's tables exactly as fixtures/schema has them (read from a migrated database), and whatever
// else references them.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "akqueue/tasks.hpp"
#include "queue.hpp"
#include "wire.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

ForeignJson sorted(ForeignJson words) {
  std::sort(words.begin(), words.end());
  return words;
}

ForeignJson introspected(std::string_view table) {
  Wire wire(peer());
  const Reply reply = wire.ask({{"op", "introspect"}, {"table", table}});
  BOOST_REQUIRE_EQUAL(reply.failure(), "");
  return reply.object;
}

/// As text, sorted: `akqueue_note(task_id) -> authentik_tasks_task(message_id) NO ACTION`.
std::vector<std::string> references_in(const session::Catalog& catalog) {
  const auto list = [](const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return "(" + text + ")";
  };
  std::vector<std::string> lines;
  for (const session::Reference& one : catalog.references) {
    lines.push_back(one.table + list(one.columns) + " -> " + one.to + list(one.to_columns) + " " + one.on_delete);
  }
  std::ranges::sort(lines);
  return lines;
}

/// What authentik itself has, and `more`.
std::vector<std::string> with_own(std::vector<std::string> more) {
  const auto own = peer().release().references_to_tasks();
  more.insert(more.end(), own.begin(), own.end());
  std::ranges::sort(more);
  return more;
}

/// The task table and authentik's own tables that reference it: 1 in 2025.8, 2, and 3 from 2026.8 on.
std::size_t own_tables() {
  std::size_t count = 1;
  for (const std::string_view table : {kTaskLogTable, kDependencyTable}) count += peer().release().has(table) ? 1 : 0;
  return count;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(catalog, EmptyQueue)

BOOST_AUTO_TEST_CASE(the_tables_are_as_the_fixture_says) {
  for (const std::string& name : release().tables()) BOOST_TEST_CONTEXT(name) {
      const ForeignJson table = introspected(name).at("tables").at(0);
      const ForeignJson wanted = release().described(name);
      BOOST_TEST(table.at("name") == ForeignJson(name));
      BOOST_TEST(table.at("columns") == wanted.at("columns"));
      BOOST_TEST(table.at("primary_key") == wanted.at("primary_key"));
      BOOST_TEST(sorted(table.at("indexes")) == sorted(wanted.at("indexes")));
      BOOST_TEST(sorted(table.at("constraints")) == sorted(wanted.at("constraints")));
      BOOST_TEST(sorted(table.at("triggers")) == sorted(wanted.at("triggers")));
      BOOST_TEST(!table.contains("schema"));  // that of hello
    }
}

BOOST_AUTO_TEST_CASE(the_log_table_references_the_tasks) {
  const session::Catalog found = session->introspect(kTaskTable);
  BOOST_REQUIRE_EQUAL(found.tables.size(), own_tables());
  BOOST_TEST(found.tables[0].name == kTaskTable);
  BOOST_TEST(found.tables[0].schema == facts.schema);
  if (offers(kTaskLogTable)) BOOST_TEST(found.find(facts.schema, kTaskLogTable) != nullptr);
  BOOST_TEST(references_in(found) == with_own({}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_missing_table_is_no_error) {
  for (const char* name : {"nowhere", "", "authentik_tasks_task ", "AUTHENTIK_TASKS_TASK", "akqueue_held", "x\"y'z"})
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(introspected(name) ==
                 ForeignJson({{"tables", ForeignJson::array()}, {"references", ForeignJson::array()}}));
    }
}

BOOST_AUTO_TEST_CASE(an_unknown_table_that_references_tasks_is_found) {
  const ExtraTable extra(*this, "akqueue_note",
                         "id integer NOT NULL PRIMARY KEY, task_id uuid NOT NULL REFERENCES authentik_tasks_task "
                         "(message_id) ON DELETE CASCADE,"
                         " words character varying(9), amount numeric(10,2)");
  const session::Catalog found = session->introspect(kTaskTable);
  const session::Table* table = found.find(facts.schema, "akqueue_note");
  BOOST_REQUIRE(table != nullptr);
  const std::vector<session::Column> wanted{{"id", "integer", false},
                                            {"task_id", "uuid", false},
                                            {"words", "character varying(9)", true},
                                            {"amount", "numeric(10,2)", true}};
  BOOST_REQUIRE_EQUAL(table->columns.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    BOOST_TEST(table->columns[i].name == wanted[i].name);
    BOOST_TEST(table->columns[i].type == wanted[i].type);
    BOOST_TEST(table->columns[i].nullable == wanted[i].nullable);
  }
  BOOST_TEST(references_in(found) == with_own({"akqueue_note(task_id) -> authentik_tasks_task(message_id) CASCADE"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(references_are_followed_on_and_on) {
  const bool logs = offers(kTaskLogTable);
  const ExtraTable near_by(
      *this, "akqueue_near",
      "id integer NOT NULL PRIMARY KEY, task_id uuid REFERENCES authentik_tasks_task ON DELETE SET NULL,"
      " log_id uuid" +
          std::string(logs ? " REFERENCES authentik_tasks_tasklog ON DELETE RESTRICT" : "") +
          ", part integer, UNIQUE (id, part)");
  const ExtraTable farther(*this, "akqueue_far",
                           "near_part integer, near_id integer, self integer PRIMARY KEY, parent integer REFERENCES "
                           "akqueue_far ON DELETE SET DEFAULT,"
                           " FOREIGN KEY (near_id, near_part) REFERENCES akqueue_near (id, part)");
  const session::Catalog found = session->introspect(kTaskTable);
  BOOST_TEST(found.tables.size() == own_tables() + 2);
  std::vector<std::string> wanted{"akqueue_far(near_id, near_part) -> akqueue_near(id, part) NO ACTION",
                                  "akqueue_far(parent) -> akqueue_far(self) SET DEFAULT",
                                  "akqueue_near(task_id) -> authentik_tasks_task(message_id) SET NULL"};
  if (logs) wanted.emplace_back("akqueue_near(log_id) -> authentik_tasks_tasklog(id) RESTRICT");
  BOOST_TEST(references_in(found) == with_own(wanted), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(odd_names_come_through) {
  const ExtraTable extra(*this, "\"akqueue Odd \"\"name\"\" ä\"",
                         "\"the Key\" integer NOT NULL PRIMARY KEY, \"select\" text, \"a\"\"b'c\" text");
  const session::Catalog found = session->introspect("akqueue Odd \"name\" ä");
  BOOST_REQUIRE_EQUAL(found.tables.size(), 1U);
  const session::Table& table = found.tables[0];
  BOOST_TEST(table.primary_key == std::vector<std::string>{"the Key"}, boost::test_tools::per_element());
  BOOST_TEST(table.has("select"));
  BOOST_TEST(table.has("a\"b'c"));
  BOOST_TEST(one({"SELECT count(*) FROM " + table.quoted() + " AS o WHERE o." + session::quote_identifier("a\"b'c") +
                  " IS NULL"}) == session::Value(0));
}

BOOST_AUTO_TEST_CASE(it_works_inside_and_outside_a_transaction_and_ends_none) {
  BOOST_TEST(session->introspect(kTaskTable).tables.size() == own_tables());
  const session::Transaction transaction(*session, kReading);
  BOOST_TEST(session->introspect(kTaskTable).tables.size() == own_tables());
  BOOST_TEST(session->rows({"SELECT 1"}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(sizes_are_estimates_that_grow) {
  const std::int64_t before = session->introspect(kTaskTable).tables.at(0).bytes;
  insert_many(3000, "many", 1);
  const session::Catalog found = session->introspect(kTaskTable);
  for (const session::Table& table : found.tables) {
    BOOST_TEST(table.bytes > 0);
    BOOST_TEST((!table.rows_estimate || *table.rows_estimate >= 0));
  }
  BOOST_TEST(found.tables[0].bytes >= before);
}

BOOST_AUTO_TEST_SUITE_END()

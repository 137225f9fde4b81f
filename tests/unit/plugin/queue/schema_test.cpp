#include <boost/test/unit_test.hpp>
#include <fstream>

#include "queue/schema.hpp"

using namespace akqueue;
using namespace akqueue::queue;

namespace {

ForeignJson release(const std::string& name) {
  std::ifstream file(std::string(AKQUEUE_SOURCE_DIR) + "/fixtures/schema/" + name + ".json");
  return ForeignJson::parse(file);
}

/// The tables of a release as a catalog would show them.
std::vector<session::Table> tables_of(const ForeignJson& description) {
  std::vector<session::Table> tables;
  for (const auto& [name, one] : description.at("tables").items()) {
    session::Table table;
    table.name = name;
    for (const auto& column : one.at("columns")) {
      table.columns.push_back({column.at("name").get<std::string>(), column.at("type").get<std::string>(),
                               column.at("nullable").get<bool>()});
    }
    table.indexes = one.at("indexes").get<std::vector<std::string>>();
    table.triggers = one.at("triggers").get<std::vector<std::string>>();
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema)

BOOST_AUTO_TEST_CASE(a_release_does_not_differ_from_itself) {
  for (const char* name : {"2025.8", "2025.10", "2026.5", "2026.8", "next"})
    BOOST_TEST(differences_from(release(name), tables_of(release(name))).empty(), name);
}

BOOST_AUTO_TEST_CASE(what_is_missing_unknown_and_changed_is_named) {
  auto tables = tables_of(release("2025.10"));
  for (session::Table& table : tables) {
    if (table.name != "authentik_tasks_task") continue;
    std::erase_if(table.columns, [](const session::Column& column) { return column.name == "tenant_id"; });
    table.columns.push_back({"priority", "integer", false});
    table.columns.front().type = "text";
    table.indexes.erase(table.indexes.begin());
    table.triggers.push_back("pgtrigger_new_1: AFTER INSERT");
  }
  tables.push_back({});
  tables.back().name = "authentik_tasks_surprise";
  std::vector<std::string> found;
  for (const SchemaDifference& one : differences_from(release("2025.10"), tables)) found.push_back(one.what);
  const std::vector<std::string> expected{
      "column message_id is text, not uuid",  "column tenant_id is missing",
      "column priority (integer) is unknown", "index btree (message_id, state, eta) is missing",
      "trigger pgtrigger_new_1 is unknown",   "the table is unknown"};
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

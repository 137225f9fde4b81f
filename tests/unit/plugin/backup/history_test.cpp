// What the history keeps of a command, and which of its lines are of the same site.
#include "backup/history.hpp"

#include <boost/test/unit_test.hpp>

#include "backup/format.hpp"
#include "backup/system_id.hpp"
#include "system/scratch.hpp"

using namespace akqueue;
using namespace akqueue::backup;
using namespace akqueue::testing;

namespace {

HistoryEntry entry(const std::string& system) {
  HistoryEntry one;
  one.id = "20261124T033001Z-1f2e";
  one.command = "delete";
  one.kubectl = "kubectl";
  one.context = "prod";
  one.name_space = "authentik";
  one.database = "authentik";
  one.system = system;
  return one;
}

bool same(const std::string& one, const std::string& other) { return entry(one).same_site(entry(other)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(history)

BOOST_AUTO_TEST_CASE(two_databases_of_one_name_are_two_sites) {
  BOOST_TEST(same("7512/16385", "7512/16385"));
  BOOST_TEST(!same("7512/16385", "7513/16385"));
  BOOST_TEST(!same("7512/16385", "7512/16386"));
  BOOST_TEST(!same("tenants:0011", "tenants:0022"));
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_compared_as_before) {
  BOOST_TEST(same("", ""));
  BOOST_TEST(same("", "7512/16385"));  // a line of an older version
  BOOST_TEST(same("7512/16385", ""));
  BOOST_TEST(same("7512/16385", "tenants:0011"));  // a provider has closed the function meanwhile
}

BOOST_AUTO_TEST_CASE(names_count_as_well) {
  HistoryEntry other = entry("7512/16385");
  BOOST_TEST(other.same_site(entry("7512/16385")));
  other.context = "test";
  BOOST_TEST(!other.same_site(entry("7512/16385")));
}

BOOST_AUTO_TEST_CASE(the_name_of_the_database_is_kept) {
  const Scratch scratch;
  const StateDirectory state(scratch.path() / "state");
  state.prepare();
  begin_history(state, entry("7512/16385"));
  begin_history(state, entry(""));
  const auto entries = read_history(state);
  BOOST_REQUIRE_EQUAL(entries.size(), 2u);
  BOOST_TEST(entries[0].system == "7512/16385");
  BOOST_TEST(entries[1].system == "");
  BOOST_TEST(!entries[1].to_json().contains("system"));
}

BOOST_AUTO_TEST_CASE(the_effect_and_the_end_are_kept) {
  const Scratch scratch;
  const StateDirectory state(scratch.path() / "state");
  state.prepare();
  HistoryEntry changing = entry("");
  changing.command = "one of a later version";
  changing.effect = Effect::changes;
  begin_history(state, changing);
  const OtherRows rows{.logs = 4, .dependencies = 1};
  end_history(state, changing.id,
              {.tasks = 3, .other_rows = rows.total(), .ending = ending_word(Ending::complete), .rows = rows});
  const auto entries = read_history(state);
  BOOST_REQUIRE_EQUAL(entries.size(), 1u);
  BOOST_TEST((entries[0].effect == Effect::changes));
  BOOST_TEST(entries[0].end.value().complete());
  BOOST_TEST(entries[0].to_json().at("effect") == "changes");
  BOOST_TEST((entries[0].end.value().rows == rows));
  BOOST_TEST(entries[0].to_json().at("end").at("rows").at("dependencies") == 1);
}

BOOST_AUTO_TEST_CASE(lines_of_an_older_version_tell_by_their_command) {
  const Scratch scratch;
  const StateDirectory state(scratch.path() / "state");
  state.prepare();
  const auto effect_of = [&](const std::string& command) {
    state.append_history(R"({"id":")" + command + R"(","command":")" + command + R"("})");
    state.append_history(R"({"ended":")" + command + R"(","tasks":1,"other_rows":0,"ending":"no more rows"})");
    const HistoryEntry read = read_history(state).back();
    BOOST_TEST(read.end.value().complete());
    BOOST_TEST(!read.end.value().rows.has_value());
    BOOST_TEST(!read.include_running);
    return read.effect;
  };
  for (const char* command : {"flush", "delete", "drain"})
    BOOST_TEST((effect_of(command) == Effect::destroys), command);
  for (const char* command : {"undo", "restore"}) BOOST_TEST((effect_of(command) == Effect::restores), command);
}

BOOST_AUTO_TEST_CASE(what_nobody_understands_is_no_deletion) {
  const Scratch scratch;
  const StateDirectory state(scratch.path() / "state");
  state.prepare();
  state.append_history(R"({"id":"1","command":"retry"})");
  state.append_history(R"({"id":"2","command":"flush","effect":"one of a later version"})");
  for (const HistoryEntry& one : read_history(state)) BOOST_TEST((one.effect == Effect::looks), one.id);
}

BOOST_AUTO_TEST_CASE(what_was_interrupted_is_not_complete) {
  for (const Ending ending : {Ending::interrupted, Ending::failed}) BOOST_TEST(!says_complete(ending_word(ending)));
}

BOOST_AUTO_TEST_CASE(so_is_it_in_a_backup) {
  BackupHeader header;
  header.system = "7512/16385";
  header.tables.emplace_back().name = "authentik_tasks_task";
  BOOST_TEST(BackupHeader::from_json(header.to_json(), "a.tasks.gz").system == "7512/16385");
  header.system.clear();
  BOOST_TEST(!header.to_json().contains("system"));
  BOOST_TEST(BackupHeader::from_json(header.to_json(), "a.tasks.gz").system == "");
  BOOST_TEST(!BackupHeader::from_json(header.to_json(), "a.tasks.gz").include_running);
  header.include_running = true;
  BOOST_TEST(BackupHeader::from_json(header.to_json(), "a.tasks.gz").include_running);
}

BOOST_AUTO_TEST_SUITE_END()

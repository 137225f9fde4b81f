#include <boost/test/unit_test.hpp>

#include "fakes.hpp"
#include "queue/change/foreign_keys.hpp"
#include "queue/filter/name_match.hpp"
#include "queue/filter/name_resolution.hpp"
#include "queue/filter/selection.hpp"

using namespace akqueue;
using namespace akqueue::queue;
using namespace akqueue::testing;

namespace {

const std::vector<std::string> kActors{"authentik.crypto.tasks.certificate_discovery",
                                       "authentik.outposts.tasks.outpost_send_update",
                                       "authentik.providers.scim.tasks.scim_sync",
                                       "authentik.sources.ldap.tasks.ldap_sync", "authentik.sources.x.tasks.ldap_sync"};

session::Table table(const std::string& name) {
  session::Table one;
  one.schema = "public";
  one.name = name;
  return one;
}

session::Reference reference(const std::string& from, const std::string& column) {
  return {"public", from, {column}, "public", "authentik_tasks_task", {"message_id"}, "NO ACTION"};
}

session::Catalog catalog_with(const session::Reference& one) {
  return {{table("authentik_tasks_task"), table("authentik_tasks_tasklog"), table("other")},
          {reference("authentik_tasks_tasklog", "task_id"), one}};
}

std::string refusal(const session::Reference& one) {
  return words_of([&] { rows_to_delete_first(catalog_with(one)); });
}

/// A database of which only the catalog is looked at.
struct OnPaper {
  std::vector<std::string> sent;
  session::Session session{std::make_unique<ScriptedChannel>(std::vector<std::string>{}, sent)};
  session::Catalog catalog = catalog_with(reference("other", "task_id"));
  std::unique_ptr<session::Dialect> dialect = session::make_dialect("postgresql", "15.0");
  session::Database database{session, catalog, *dialect};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(queue_counts)

BOOST_FIXTURE_TEST_CASE(a_filter_binds_every_value, OnPaper) {
  const Selection selection{
      .filter = {.queues = {"default", "it's"}, .states = {"queued"}, .actors = {"a"}, .older_than_s = 3600},
      .as_of = parse_timestamp("2026-05-01T12:00:00Z").value(),
      .snapshot = "4294967300:4294967310:4294967302,4294967305"};
  session::Statement statement;
  BOOST_TEST(selection.where(statement, database, "t") ==
             "t.\"queue_name\" IN ($1, $2) AND t.\"state\" IN ($3) AND t.\"actor_name\" IN ($4) AND t.\"mtime\" < $5"
             " AND (CAST(CAST(t.xmin AS text) AS bigint) < 3 OR"
             " (CAST(CAST(t.xmin AS text) AS bigint) - CAST($6 AS bigint) + 6442450944) % 4294967296 - 2147483648 < 0)"
             " AND CAST(CAST(t.xmin AS text) AS bigint) <> ALL (CAST($7 AS bigint[]))");
  BOOST_TEST(statement.params ==
             (session::Value{"default", "it's", "queued", "a", "2026-05-01T11:00:00.000000Z", 14, "{6,9}"}));
}

BOOST_FIXTURE_TEST_CASE(who_only_looks_sees_what_is_there, OnPaper) {
  session::Statement statement;
  BOOST_TEST(Selection{}.where(statement, database, "t") == "1 = 1");
}

BOOST_FIXTURE_TEST_CASE(a_condition_on_what_a_release_lacks_is_refused_by_name, OnPaper) {
  session::Statement statement;
  BOOST_TEST(words_of([&] {
               Selection{.filter = {.tenants = {"x"}}}.where(statement, database, "t");
             }).find("tenant_id") != std::string::npos);
  BOOST_TEST(words_of([&] { Selection{.filter = {.log_text = "x"}}.where(statement, database, "t"); }) == "no error");
}

BOOST_AUTO_TEST_CASE(many_ids_go_in_pieces) {
  Selection selection;
  const std::string zeros = "00000000-0000-4000-8000-00000000";
  for (int i = 0; i < 9999; ++i)
    selection.filter.ids.push_back(Uuid::parse(zeros + std::to_string(i + 10000).substr(1)).value());
  selection.kept = {selection.filter.ids[0]};
  const auto pieces = selection.pieces();
  BOOST_TEST(pieces.size() == 2u);
  BOOST_TEST(pieces[1].filter.ids.size() == 4999u);
  BOOST_TEST(pieces[1].filter.ids.back().to_string() == zeros + "9998");
  BOOST_TEST(pieces[1].kept.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_filter_in_words) {
  BOOST_TEST(in_words({}) == "tasks");
  BOOST_TEST(
      in_words({.queues = {"default"}, .states = {"queued", "done"}, .actors = {"a.b"}, .older_than_s = 21600}) ==
      "queued and done tasks of a.b in queue default, older than 6h");
  BOOST_TEST(in_words({.ids = {Uuid::parse("0AAAAAAA-0000-4000-8000-000000000000").value()}}) ==
             "task 0aaaaaaa-0000-4000-8000-000000000000");
  BOOST_TEST(
      in_words({.uids = {"u"},
                .objects = {{{1}, "", "outpost"}},
                .log_text = "timed out",
                .expired_after_s = 30 * 86400,
                .keep_newest = 3,
                .limit = 10}) ==
      "expired (over 30d old) tasks with uid u about outpost, with 'timed out' in the log, without the newest 3 of "
      "each actor and object, only the oldest 10");
}

BOOST_AUTO_TEST_CASE(what_is_confirmed_is_exact) {
  BOOST_TEST(in_words({.older_than_s = 47 * 3600 + 59 * 60}) == "tasks, older than 1d23h59m");
  BOOST_TEST(in_words({.newer_than_s = 61}) == "tasks, newer than 1m1s");
}

BOOST_AUTO_TEST_CASE(actors_by_name_tail_and_glob) {
  const auto resolve = [](const std::string& written) { return resolve_actors({written}, kActors); };
  BOOST_TEST(resolve("outpost_send_update") == std::vector<std::string>{kActors[1]}, boost::test_tools::per_element());
  BOOST_TEST(resolve("tasks.scim_sync") == std::vector<std::string>{kActors[2]}, boost::test_tools::per_element());
  BOOST_TEST(resolve(kActors[0]) == std::vector<std::string>{kActors[0]}, boost::test_tools::per_element());
  BOOST_TEST(resolve("*.ldap_sync") == (std::vector<std::string>{kActors[3], kActors[4]}),
             boost::test_tools::per_element());
  BOOST_TEST(resolve("authentik.?rypto.*").size() == 1u);
}

BOOST_AUTO_TEST_CASE(actors_that_mean_nothing_or_too_much) {
  const auto words = [](const std::string& written) { return words_of([&] { resolve_actors({written}, kActors); }); };
  BOOST_TEST(words("outpst_send_update") ==
             "no task or schedule has an actor 'outpst_send_update' | did you mean "
             "authentik.outposts.tasks.outpost_send_update?");
  BOOST_TEST(words("update").starts_with("no task or schedule"));
  BOOST_TEST(words("ldap_sync").starts_with("'ldap_sync' could be any of"));
  BOOST_TEST(words("*nothing*").starts_with("no task or schedule"));
  BOOST_TEST(words("").starts_with("no task or schedule"));
}

BOOST_AUTO_TEST_CASE(an_actor_without_tasks_is_no_error) {
  const auto meant = [](const std::string& written) { return actors_meant({written}, kActors); };
  BOOST_TEST(meant("send_mail").names == std::vector<std::string>{"authentik.stages.email.tasks.send_mail"},
             boost::test_tools::per_element());
  BOOST_TEST(meant("send_mail").notes.empty());
  const ActorsMeant slip = meant("outpst_send_update");
  BOOST_TEST(slip.names == std::vector<std::string>{"outpst_send_update"}, boost::test_tools::per_element());
  BOOST_TEST(joined(slip.notes) ==
             "no task or schedule has an actor 'outpst_send_update' now: did you mean "
             "authentik.outposts.tasks.outpost_send_update?");
  BOOST_TEST(joined(meant("outpost_s*").notes) ==
             "no task or schedule has an actor 'outpost_s*' now: did you mean '*outpost_s*'?");
  BOOST_TEST(words_of([&] { meant("ldap_sync"); }).starts_with("'ldap_sync' could be any of"));
}

BOOST_AUTO_TEST_CASE(globs) {
  BOOST_TEST(matches_glob("*", ""));
  BOOST_TEST(matches_glob("a*b*c", "aXbYbZc"));
  BOOST_TEST(!matches_glob("a*b", "abc"));
  BOOST_TEST(!matches_glob("a?", "a"));
  BOOST_TEST(!matches_glob("", "a"));
  BOOST_TEST(matches_glob("a_b%", "a_b%"));
  BOOST_TEST(!matches_glob("a_b", "axb"));
}

BOOST_AUTO_TEST_CASE(unknown_states_and_queues) {
  BOOST_TEST(words_of([] { check_known("state", {"quued"}, {"queued", "done"}); }) ==
             "no state 'quued' | did you mean queued?");
  BOOST_TEST(words_of([] { check_known("queue", {"zzz"}, {"default"}); }) ==
             "no queue 'zzz' | the only one is default");
  BOOST_TEST(words_of([] { check_known("queue", {"zzz"}, {"a", "b"}); }) == "no queue 'zzz' | there are a, b");
  BOOST_TEST(words_of([] { check_known("queue", {"zzz"}, {}); }) == "no queue 'zzz' | there are none");
  BOOST_TEST(words_of([] { check_known("queue", {"default"}, {"default"}); }) == "no error");
}

BOOST_AUTO_TEST_CASE(every_referencing_table_goes_first) {
  const session::Catalog catalog = catalog_with(reference("other", "dependency_id"));
  const auto rows = rows_to_delete_first(catalog);
  BOOST_TEST(rows.size() == 2u);
  BOOST_TEST(rows[1].table->name == "other");
  BOOST_TEST(rows[1].column == "dependency_id");
}

BOOST_AUTO_TEST_CASE(what_cant_be_deleted_safely_is_refused_by_name) {
  session::Reference one = reference("other", "task_id");
  one.on_delete = "SET NULL";
  BOOST_TEST(refusal(one).starts_with(
      "table public.other references authentik_tasks_task: the database would change its rows (ON DELETE SET NULL)"));
  one = reference("other", "task_id");
  one.to = "authentik_tasks_tasklog";
  BOOST_TEST(refusal(one).find("two steps away") != std::string::npos);
  one = reference("other", "task_id");
  one.columns.push_back("more");
  BOOST_TEST(refusal(one).find("several columns") != std::string::npos);
  one = reference("other", "task_id");
  one.to_columns = {"_uid"};
  BOOST_TEST(refusal(one).find("does not name the message id") != std::string::npos);
  one = reference("authentik_tasks_task", "parent_id");
  BOOST_TEST(refusal(one).find("tasks that own tasks") != std::string::npos);
  one = reference("nowhere", "task_id");
  BOOST_TEST(refusal(one).find("does not describe it") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(identifiers_are_quoted) { BOOST_TEST(session::quote_identifier("a\"b") == "\"a\"\"b\""); }

BOOST_AUTO_TEST_SUITE_END()

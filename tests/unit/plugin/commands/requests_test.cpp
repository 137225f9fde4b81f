// What a command line turns into before anything is asked of a cluster.
#include <boost/test/unit_test.hpp>

#include "akqueue/tasks.hpp"
#include "commands/drain/commands.hpp"
#include "commands/drain/request.hpp"
#include "commands/shared/output.hpp"
#include "commands/shared/site_request.hpp"
#include "fakes.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;
using namespace std::chrono_literals;
using Words = std::vector<std::string>;

namespace {

Options line_of(const char* command, const Words& args) {
  return parse_command_line(cli::options_of(*cli::find_command(command)), args);
}

SiteRequest site_of(const char* command, const Words& args) {
  return read_site_request(line_of(command, args), cli::find_command(command)->effect);
}

DrainRequest drain_of(const Words& args) { return read_drain_request(line_of("drain", args), drain_command()); }

std::string drain_words_of(const Words& args) {
  return words_of([&] { drain_of(args); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(requests)

BOOST_AUTO_TEST_CASE(where_to_look) {
  const SiteRequest site = site_of("status", {"-n", "sso", "--context", "prod", "--as-group", "a,b", "--release", "two",
                                              "-l", "app=x", "-c", "main", "--request-timeout=5s", "-v"});
  BOOST_TEST(site.search.name_space == "sso");
  BOOST_TEST(site.search.release == "two");
  BOOST_TEST(site.search.selector == "app=x");
  BOOST_TEST(site.search.container == "main");
  BOOST_TEST(site.context.value_or("") == "prod");
  BOOST_TEST(site.kubectl_flags == (Words{"--context=prod", "--as-group=a", "--as-group=b", "--request-timeout=5s"}),
             boost::test_tools::per_element());
  BOOST_TEST(site.verbose);
  BOOST_TEST(!site.all_sites);
  BOOST_TEST(site_of("status", {}).search.selector == cluster::Search::kDefaultSelector);
  BOOST_TEST(site_of("status", {"--sim", "a.world"}).world == "a.world");
}

BOOST_AUTO_TEST_CASE(how_many_sessions_delete_is_no_part_of_what_is_deleted) {
  BOOST_TEST(!drain_of({}).deletion.jobs.has_value());
  const DrainRequest drain = drain_of({"flush", "--jobs", "4", "--only-queued"});
  BOOST_TEST(drain.deletion.jobs.value() == 4);
  BOOST_TEST(drain.words == (Words{"flush", "--only-queued"}), boost::test_tools::per_element());
  BOOST_TEST(drain_of({"--resume", "--jobs", "1"}).deletion.jobs.value() == 1);
  BOOST_TEST(drain_words_of({"--jobs", "5"}) == "--jobs: 5 sessions are too many | it takes 1 to 4");
  BOOST_TEST(drain_words_of({"--jobs", "0"}).find("at least 1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_becomes_of_tasks_that_wait_for_others) {
  const auto of = [](const Words& args) { return read_dependents(line_of("flush", args)); };
  BOOST_TEST((of({}) == queue::Dependents::left));
  BOOST_TEST((of({"--with-dependents"}) == queue::Dependents::along));
  BOOST_TEST((of({"--keep-dependencies"}) == queue::Dependents::kept));
  const Words both{"--with-dependents", "--keep-dependencies"};
  BOOST_TEST(words_of([&] { of(both); }) ==
             "--with-dependents can't be used with --keep-dependencies | leave out one of them");
  BOOST_TEST(
      (drain_of({"delete", "--actor", "a", "--with-dependents"}).deletion.dependents == queue::Dependents::along));
}

BOOST_AUTO_TEST_CASE(who_can_be_asked_and_what_is_remembered) {
  BOOST_TEST(site_of("status", {}).may_ask);
  BOOST_TEST(!site_of("status", {"-o", "json"}).may_ask);
  BOOST_TEST(!site_of("flush", {"--yes"}).may_ask);
  BOOST_TEST(!site_of("status", {}).remembered);
  BOOST_TEST(site_of("undo", {}).remembered);
  BOOST_TEST(site_of("flush", {}).remembered);
}

BOOST_AUTO_TEST_CASE(all_sites_or_one) {
  BOOST_TEST(site_of("status", {"-A"}).all_sites);
  BOOST_TEST(words_of([] { site_of("status", {"-A", "-n", "sso"}); }) ==
             "--namespace names one site, and -A means all of them | leave one of the two out");
  const auto several = [](const char* command, const Words& args) {
    return read_site_request(line_of(command, args), Effect::looks, Breadth::several_sites);
  };
  BOOST_TEST(several("status", {"-n", "a", "-n", "b,a"}).namespaces == (Words{"a", "b"}),
             boost::test_tools::per_element());
  BOOST_TEST(several("watch", {"-n", "a", "-n", "b"}).many());
  BOOST_TEST(!several("workers", {"-n", "a", "-n", "a"}).many());
  BOOST_TEST(several("workers", {"-n", "a", "-n", "a"}).search.name_space == "a");
  BOOST_TEST(words_of([&] {
               several("status", {"-n", "a", "-n", "b", "--pod", "x"});
             }).starts_with("--pod names one site, and several namespaces have several"));
  BOOST_TEST(words_of([] { site_of("top", {"-n", "a,b"}); }).starts_with("--namespace: one namespace is meant here"));
  BOOST_TEST(words_of([] { line_of("flush", {"-n", "a", "-n", "b"}); }).find("given twice") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(which_pods_are_what) {
  const cluster::Search search = site_of("status", {"--server-selector", "a=b", "--worker-selector=c", "--allow-worker",
                                                    "--worker-deployment", "x", "--worker-deployment", "y,z"})
                                     .search;
  BOOST_TEST(search.server_selector == "a=b");
  BOOST_TEST(search.worker_selector == "c");
  BOOST_TEST(search.allow_worker);
  BOOST_TEST(search.worker_deployments == (Words{"x", "y", "z"}), boost::test_tools::per_element());
  BOOST_TEST(!search.by_labels());
  BOOST_TEST(!search.selector_given);
  BOOST_TEST(words_of([] { site_of("status", {"--worker-selector", "a b"}); }).starts_with("--worker-selector: 'a b'"));
}

BOOST_AUTO_TEST_CASE(how_to_print) {
  BOOST_TEST((read_output(line_of("list", {})) == OutputFormat::table));
  BOOST_TEST((read_output(line_of("list", {"-o", "wide"})) == OutputFormat::wide));
  BOOST_TEST((read_output(line_of("list", {"-ojsonl"})) == OutputFormat::jsonl));
  BOOST_TEST((read_output(line_of("list", {"--output=name"})) == OutputFormat::name));
  BOOST_TEST((read_output(line_of("rbac", {"-o", "yaml"})) == OutputFormat::yaml));
  BOOST_TEST(is_json(OutputFormat::json));
  BOOST_TEST(!is_json(OutputFormat::name));
  const Json document = document_of("x");
  BOOST_TEST(as_json(OutputFormat::jsonl, document) == "{\"version\":1,\"kind\":\"x\"}\n");
  BOOST_TEST(as_json(OutputFormat::json, document) == "{\n  \"version\": 1,\n  \"kind\": \"x\"\n}\n");
}

/// Every word that a row lets in is a format.
BOOST_AUTO_TEST_CASE(every_format_of_the_table) {
  const auto check = [](const cli::Command& row) {
    for (std::string_view rest = row.outputs; !rest.empty();) {
      const auto bar = rest.find('|');
      std::string word(rest.substr(0, bar));
      if (word.ends_with('=')) word += "A:.a";
      Options options;
      options.set("output", word);
      BOOST_TEST((word == "table" || read_output(options) != OutputFormat::table), word);
      rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
    }
  };
  for (const cli::Command& command : cli::all_commands()) {
    check(command);
    for (const cli::Command& verb : command.verbs) check(verb);
  }
}

BOOST_AUTO_TEST_CASE(a_drain_and_the_words_of_its_note) {
  const DrainRequest plain = drain_of({});
  BOOST_TEST((plain.mode == DrainRequest::Mode::begin));
  BOOST_TEST(plain.words == Words{"flush"}, boost::test_tools::per_element());
  BOOST_TEST(plain.deletion.whole_queue == "default");
  BOOST_TEST(plain.deletion.drains);
  BOOST_TEST((plain.timeout == 120s));
  BOOST_TEST((plain.follow == 60s));

  const DrainRequest part = drain_of({"delete", "--actor", "sync", "--older-than=1h", "--timeout", "5m", "--replicas",
                                      "w=3", "--keep-down", "--reason", "incident", "--yes", "--dry-run"});
  BOOST_TEST(part.words == (Words{"delete", "--actor=sync", "--older-than=1h"}), boost::test_tools::per_element());
  BOOST_TEST((part.timeout == 300s));
  BOOST_TEST((part.follow == 0s));
  BOOST_TEST(part.keep_down);
  BOOST_TEST(part.back_to.at(0).deployment == "w");
  BOOST_TEST(part.back_to.at(0).number == "3");
  BOOST_TEST(!part.deletion.ask);
  BOOST_TEST(part.deletion.dry_run);
  BOOST_TEST(part.deletion.keep.command == "drain");
  BOOST_TEST(part.deletion.keep.reason == "incident");
}

BOOST_AUTO_TEST_CASE(what_a_drain_refuses) {
  BOOST_TEST(drain_words_of({"--resume", "--cancel"}).starts_with("--resume can't be used with --cancel"));
  BOOST_TEST(drain_words_of({"--resume", "--actor", "x"}).starts_with("what is deleted stands in the drain's note"));
  BOOST_TEST(drain_words_of({"--cancel", "--keep-down"}).starts_with("--keep-down can't be used with --cancel"));
  BOOST_TEST(drain_words_of({"--replicas", "many"}).starts_with("--replicas: 'many' is not a number of replicas"));
  BOOST_TEST(drain_words_of({"purge"}).starts_with("drain runs a flush or a delete, not 'purge'"));
}

BOOST_AUTO_TEST_CASE(a_note_is_a_deletion_in_the_manner_of_now) {
  cluster::DrainNote note;
  note.reason = "then";
  note.deletion = {"flush", "other", "--only-queued"};
  const DeletionRequest noted = noted_deletion(drain_of({"--resume", "--yes"}), note);
  BOOST_TEST(noted.queue == "other");
  BOOST_TEST(noted.choice.states == Words{std::string(task_state::kQueued)}, boost::test_tools::per_element());
  BOOST_TEST(noted.drains);
  BOOST_TEST(!noted.ask);
  BOOST_TEST(noted.keep.reason == "then");
  BOOST_TEST(noted_deletion(drain_of({"--resume", "--reason", "now"}), note).keep.reason == "now");
  note.deletion = {"flush", "--from-the-future"};
  BOOST_TEST(words_of([&] {
               noted_deletion(drain_of({"--resume"}), note);
             }).starts_with("the drain's note names a deletion that this version does not understand"));
}

BOOST_AUTO_TEST_SUITE_END()

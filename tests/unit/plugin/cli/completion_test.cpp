#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "cli/completion.hpp"
#include "cli/run.hpp"
#include "commands/completion/live_values.hpp"
#include "commands/completion/value_cache.hpp"
#include "fakes.hpp"
#include "system/scratch.hpp"

using namespace akqueue;
using namespace akqueue::cli;
using namespace akqueue::testing;
using Words = std::vector<std::string>;

namespace {

/// A site with a few of everything; what it was asked last.
struct FakeSite {
  std::vector<Candidate> operator()(const Question& question) {
    ++questions;
    typed = question.typed;
    switch (question.wanted) {
      case ValueKind::actors:
        return {{"authentik.outposts.tasks.outpost_send_update", "12 tasks"},
                {"authentik.outposts.tasks.outpost_controller", ""},
                {"authentik.sources.ldap.tasks.sync", ""},
                {"authentik.sources.scim.tasks.sync", ""}};
      case ValueKind::states: return {{"queued"}, {"parked"}};
      case ValueKind::deployments: return {{"authentik-worker=", "2 of 2 Ready"}};
      case ValueKind::backups: return {{"/state/backups/1.tasks.gz", "flush"}};
      case ValueKind::ids: return {{"11111111-2222-4333-8444-555555555555", "a task"}};
      default: return {};
    }
  }
  int questions = 0;
  Options typed;
};

Words words_in(const Completion& completion) {
  Words words;
  for (const Candidate& one : completion.candidates) words.push_back(one.word);
  return words;
}

void check(const Words& typed, const Words& offered) {
  BOOST_TEST(words_in(complete(typed, FakeSite())) == offered, boost::test_tools::per_element());
}
void check_unknown_site(const Words& typed, const Words& offered) {
  BOOST_TEST(words_in(complete(typed, [](const Question&) { return std::vector<Candidate>(); })) == offered,
             boost::test_tools::per_element());
}

bool offers(const Words& typed, const std::string& word) {
  return std::ranges::count(words_in(complete(typed, FakeSite())), word) > 0;
}

Options options_of_line(const Words& typed) {
  FakeSite site;
  complete(typed, std::ref(site));
  BOOST_REQUIRE_EQUAL(site.questions, 1);
  return site.typed;
}

/// What a person's shell gets from a world of scripted processes.
struct Asking {
  explicit Asking(std::vector<ScriptedLauncher::Part> parts) : launcher(std::move(parts)) {}
  std::string text(const Words& words) {
    Environment environment{launcher, interrupts, terminal, clock, state};
    BOOST_TEST(
        run(command_line_of("/opt/bin/kubectl_complete-akqueue", words), environment, commands::live_values_of) == 0);
    BOOST_TEST(terminal.said == "");
    return std::exchange(terminal.printed, {});
  }
  ScriptedLauncher launcher;
  FakeInterrupts interrupts;
  FakeTerminal terminal;
  FakeClock clock;
  Scratch scratch;
  backup::StateDirectory state{scratch.path() / "state"};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(completion)

BOOST_AUTO_TEST_CASE(every_command_and_every_option_of_the_table) {
  BOOST_TEST(complete({}, FakeSite()).candidates.size() == all_commands().size());
  for (const Command& command : all_commands()) {
    const std::string name(command.name);
    BOOST_TEST(offers({""}, name));
    for (const Command& verb : command.verbs) {
      BOOST_TEST(offers({name, ""}, std::string(verb.name)), verb.full_name());
      for (const Option& option : options_of(verb))
        BOOST_TEST(offers({name, std::string(verb.name), "-"}, "--" + std::string(option.name)), option.name);
    }
    if (!command.verbs.empty()) continue;
    for (const Option& option : options_of(command))
      BOOST_TEST(offers({name, "-"}, "--" + std::string(option.name)), option.name);
  }
}

BOOST_AUTO_TEST_CASE(as_far_as_it_is_typed) {
  check({"fl"}, {"flush"});
  check({"flush", "--only"}, {"--only-queued"});
  check({"top", "-o", "j"}, {"json", "jsonl", "jsonpath="});
  BOOST_TEST(complete({"top", "-o", "jsonp"}, FakeSite()).unfinished);
  check({"help", "sta"}, {"status"});
  check({"rbac", ""}, {"look", "delete", "drain"});
  check({"rbac", "look", ""}, {});
}

BOOST_AUTO_TEST_CASE(behind_options_before_the_command) {
  check({"-n", "sso", "fl"}, {"flush"});
  check({"--context", "top", "top", "--output=w"}, {"wide"});
  check({"--selecto"}, {"--selector"});
  BOOST_TEST(!offers({"--"}, "--dry-run"));
  check({"-v", "delete", "--state", "pa"}, {"parked"});
  BOOST_TEST(options_of_line({"-n", "sso", "delete", "--actor", ""}).text("namespace") == "sso");
  FakeSite site;
  complete({"-n", "top", "--pod", ""}, std::ref(site));
  BOOST_TEST(site.questions == 1);
  BOOST_TEST(site.typed.text("namespace") == "top");
}

BOOST_AUTO_TEST_CASE(behind_a_short_name) {
  BOOST_TEST(!offers({""}, "ls"));
  check({"get", "-o", "w"}, {"wide"});
  check({"describe", "task", "1"}, {"11111111-2222-4333-8444-555555555555"});
  check({"rm", "--state", "pa"}, {"parked"});
}

BOOST_AUTO_TEST_CASE(behind_an_equals_sign_the_value_alone) { check({"top", "--output=w"}, {"wide"}); }

BOOST_AUTO_TEST_CASE(live_values) {
  check({"delete", "--actor", "authentik.out"},
        {"authentik.outposts.tasks.outpost_send_update", "authentik.outposts.tasks.outpost_controller"});
  check({"delete", "--state", ""}, {"queued", "parked", "any"});
  check({"drain", "--replicas", ""}, {"authentik-worker="});
  check({"show", "11"}, {"11111111-2222-4333-8444-555555555555"});
  check({"show", "11111111", ""}, {"11111111-2222-4333-8444-555555555555"});
  check({"list", "--log-level", "e"}, {"error"});
  check({"delete", "11111111", ""}, {"11111111-2222-4333-8444-555555555555"});
}

BOOST_AUTO_TEST_CASE(an_actor_by_its_tail_where_no_other_ends_so) {
  check({"top", "--actor", "outpost_s"}, {"outpost_send_update"});
  check({"top", "--actor", "sync"}, {});
}

BOOST_AUTO_TEST_CASE(several_values_with_commas) { check({"delete", "--state", "queued,pa"}, {"queued,parked"}); }

BOOST_AUTO_TEST_CASE(words_of_the_vocabulary_where_the_site_is_silent) {
  check_unknown_site({"delete", "--state", "r"}, {"running", "rejected"});
  check_unknown_site({"flush", ""}, {"default", "default.DQ", "default.XQ"});
  check_unknown_site({"delete", "--actor", ""}, {});
}

BOOST_AUTO_TEST_CASE(words_in_the_usage_line) {
  check({"drain", ""}, {"flush", "delete"});
  check_unknown_site({"drain", "flush", ""}, {"default", "default.DQ", "default.XQ"});
  check({"drain", "delete", ""}, {"11111111-2222-4333-8444-555555555555"});
  check({"drain", "delete", "1234", "11"}, {"11111111-2222-4333-8444-555555555555"});
}

BOOST_AUTO_TEST_CASE(verbs_and_what_belongs_to_them) {
  check({"backups", ""}, {"list", "show", "verify", "prune"});
  check({"backups", "ver"}, {"verify"});
  check({"backups", "verify", "/s"}, {"/state/backups/1.tasks.gz"});
  check({"backups", "verify", "a", "/s"}, {"/state/backups/1.tasks.gz"});
  check({"backups", "show", "a", "/s"}, {});
  check({"backups", "prune", "--ol"}, {"--older-than"});
  check({"backups", "list", "--ol"}, {});
  check({"backups", "--o"}, {"--output"});
  check({"backups", "-o", "n"}, {"name"});
  check({"backups", "show", "a", "--state", "par"}, {"parked"});
  check({"backups", "--older-than", "30d", "pru"}, {"prune"});
  check({"backups", "--older-than", "30d", "prune", "--dry"}, {"--dry-run"});
  check({"backups", "nonsense", ""}, {});
  check({"help", "backups", "p"}, {"prune"});
  check({"help", "flush", ""}, {});
}

BOOST_AUTO_TEST_CASE(files_where_a_file_is_wanted) {
  BOOST_TEST(complete({"restore", ""}, FakeSite()).to_text() == "/state/backups/1.tasks.gz\tflush\n:0\n");
  BOOST_TEST(complete({"status", "--kubeconfig", ""}, FakeSite()).to_text() == ":0\n");
  BOOST_TEST(complete({"drain", "--replicas", ""}, FakeSite()).to_text() == "authentik-worker=\t2 of 2 Ready\n:6\n");
  BOOST_TEST(complete({"status", "--older"}, FakeSite()).to_text() == ":4\n");
}

BOOST_AUTO_TEST_CASE(the_line_so_far_goes_with_the_question) {
  const Options typed = options_of_line(
      {"delete", "-n", "sso", "--context=prod", "-lapp=x", "--release", "b", "--yes", "1234", "--actor", ""});
  BOOST_TEST(typed.text("namespace") == "sso");
  BOOST_TEST(typed.text("context") == "prod");
  BOOST_TEST(typed.text("selector") == "app=x");
  BOOST_TEST(typed.text("release") == "b");
  BOOST_TEST(typed.has("yes"));
  BOOST_TEST(typed.arguments() == Words{"1234"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_where_nothing_is_known) {
  check({"nonsense", ""}, {});
  check({"flush", "--nonsense=x"}, {});
  check({"flush", "--yes="}, {});
  check({"status", ""}, {});
  check({"delete", "--older-than", ""}, {});
}

BOOST_AUTO_TEST_CASE(what_was_given_is_not_offered_again) {
  BOOST_TEST(!offers({"flush", "--yes", "--"}, "--yes"));
  BOOST_TEST(!offers({"flush", "-y", "--"}, "--yes"));
  BOOST_TEST(offers({"delete", "--actor", "a", "--"}, "--actor"));
  BOOST_TEST(offers({"delete", "--reason", "--yes", "--"}, "--yes"));
}

BOOST_AUTO_TEST_CASE(a_word_that_could_not_be_typed_is_left_out) {
  const Completion completion{.candidates = {{"a\nb", "x"}, {"c", "one\ntwo"}}};
  BOOST_TEST(completion.to_text() == "c\tone\\ntwo\n:4\n");
}

BOOST_AUTO_TEST_CASE(the_name_it_is_called_by) {
  for (const char* name :
       {"kubectl_complete-akqueue", "/usr/bin/kubectl_complete-akqueue", "C:\\bin\\kubectl_complete-akqueue.exe"})
    BOOST_TEST(is_completer(name), name);
  for (const char* name :
       {"kubectl-akqueue", "", "/kubectl_complete-akqueue/kubectl-akqueue", "kubectl_complete-akqueue2"})
    BOOST_TEST(!is_completer(name), name);
  BOOST_TEST(command_line_of("kubectl-akqueue", {"status"}) == Words{"status"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(contexts_and_namespaces_from_kubectl) {
  using Part = ScriptedLauncher::Part;
  Asking asking(
      {Part{.lines = Words{R"({"current-context": "b", "contexts": [{"name": "a", "context": {"cluster": "one"}},)"
                           R"( {"name": "b", "context": {"cluster": "two", "namespace": "sso"}}]})"},
            .status = 0,
            .error_text = ""},
       Part{.lines = Words{"namespace/default", "namespace/sso"}, .status = 0, .error_text = ""}});
  BOOST_TEST(asking.text({"status", "--context", ""}) ==
             "a\tcluster one\nb\tcluster two, namespace sso, current\n:4\n");
  BOOST_TEST(asking.text({"status", "--kubeconfig", "/k", "--context", "b", "-n", "s"}) == "sso\n:4\n");
  BOOST_TEST(asking.launcher.journal.back() == (Words{"kubectl", "get", "namespaces", "--output", "name", "--context=b",
                                                      "--kubeconfig=/k", "--namespace=authentik"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_site_that_fails_is_silent_and_not_asked_again_at_once) {
  const ScriptedLauncher::Part dead{.lines = {}, .status = 1, .error_text = "Unable to connect to the server"};
  Asking asking({dead, dead});
  BOOST_TEST(asking.text({"delete", "-n", "sso", "--state", "do"}) == "done\n:4\n");
  BOOST_TEST(asking.text({"delete", "-n", "sso", "--state", "do"}) == "done\n:4\n");
  BOOST_TEST(asking.launcher.journal.size() == 1);
  BOOST_TEST(asking.text({"delete", "-n", "other", "--state", "do"}) == "done\n:4\n");
  BOOST_TEST(asking.launcher.journal.size() == 2);
}

BOOST_AUTO_TEST_CASE(no_kubectl_at_all) {
  Asking asking({});
  BOOST_TEST(asking.text({"status", "--context", ""}) == ":4\n");
  BOOST_TEST(asking.text({"flush", ""}) == "default\ndefault.DQ\ndefault.XQ\n:4\n");
}

BOOST_AUTO_TEST_CASE(kept_names_answer_only_the_same_question) {
  const Scratch scratch;
  const backup::StateDirectory state(scratch.path() / "state");
  const commands::SiteWords words{{ValueKind::actors, {{"a", "1 task"}}}, {ValueKind::tenants, {}}};
  commands::ValueCache(state, "one").write(words, commands::ValueCache::kFresh);
  BOOST_TEST((commands::ValueCache(state, "one").read() == words));
  BOOST_TEST(commands::ValueCache(state, "two").read().empty());
  const auto permissions = std::filesystem::status(state.completion()).permissions();
  BOOST_TEST((permissions == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
  commands::ValueCache(state, "one").write(words, std::chrono::seconds(-1));
  BOOST_TEST(commands::ValueCache(state, "one").read().empty());
}

BOOST_AUTO_TEST_CASE(the_key_follows_the_kubeconfig) {
  const Scratch scratch;
  const auto file = (scratch.path() / "config").string();
  const std::string before = commands::cache_key({"--context=a"}, file, "");
  BOOST_TEST(commands::cache_key({"--context=a"}, file, "") == before);
  BOOST_TEST(commands::cache_key({"--context=b"}, file, "") != before);
  scratch.write("config", "current-context: other");
  BOOST_TEST(commands::cache_key({"--context=a"}, file, "") != before);
}

BOOST_AUTO_TEST_CASE(the_key_follows_the_directory) {
  const Scratch one, other;
  const auto old = std::filesystem::current_path();
  const auto key_in = [](const Scratch& place) {
    std::filesystem::current_path(place.path());
    return commands::cache_key({"--sim=w"}, "config", "w");
  };
  const std::string first = key_in(one), second = key_in(other);
  std::filesystem::current_path(old);
  BOOST_TEST(first != second);
}

BOOST_AUTO_TEST_CASE(words_that_a_shell_would_run_are_not_offered) {
  // kubectl's bash completion passes words to `compgen -W`, which expands them; others are in the line unquoted.
  for (const char* word : {"default$(touch x)", "`x`", "a b", "a;b", "a'b", "a\"b", "a\\b", "a&b", "a|b", "a>b", "a*",
                           "~root", "#a", "!a", "{a,b}", "a\nb"}) {
    BOOST_TEST(!can_be_typed(word), word);
    BOOST_TEST((Completion{{{word, ""}}}.to_text() == ":4\n"), word);
  }
  for (const char* word :
       {"default", "authentik.outposts.tasks.outpost_send_update", "ldap:corp", "a@b", "Zürich", "k=v", "50%"})
    BOOST_TEST(can_be_typed(word), word);
}

BOOST_AUTO_TEST_SUITE_END()

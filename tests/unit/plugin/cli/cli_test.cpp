#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "cli/help.hpp"
#include "cli/line.hpp"
#include "cli/man.hpp"
#include "cli/run.hpp"
#include "cli/the_program.hpp"
#include "fakes.hpp"
#include "ui/errors.hpp"

using namespace akqueue;
using namespace akqueue::cli;
using namespace akqueue::testing;

namespace {

void check_words(const Command& row) {
  BOOST_TEST(!row.summary.empty(), row.full_name());
  BOOST_TEST(!row.summary.ends_with("."), row.full_name());
  BOOST_TEST(!row.description.empty(), row.full_name());
  std::stringstream lines{std::string(row.description)};
  for (std::string line; std::getline(lines, line);) BOOST_TEST(line.size() <= 92u, line);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(command_table, TheProgram)

BOOST_AUTO_TEST_CASE(the_reference_is_the_one_in_the_tree) {
  std::ifstream file(std::string(AKQUEUE_SOURCE_DIR) + "/docs/commands.md");
  std::stringstream page;
  page << file.rdbuf();
  BOOST_TEST(page.str() == reference_page().view(),
             "docs/commands.md differs: build/bin/kubectl-akqueue help --markdown > docs/commands.md");
}

BOOST_AUTO_TEST_CASE(every_name_is_there_once) {
  std::set<std::string> names;
  for (const Command& command : all_commands()) {
    BOOST_TEST(names.insert(command.full_name()).second, command.name);
    BOOST_TEST(!command.group.empty(), command.name);
    check_words(command);
    for (const Command& verb : command.verbs) {
      BOOST_TEST(names.insert(verb.full_name()).second, verb.full_name());
      BOOST_TEST(verb.verbs.empty(), verb.full_name());
    }
  }
}

BOOST_AUTO_TEST_CASE(every_row_is_whole) {
  for (const Command* const row : runnable()) {
    const std::string name = row->full_name();
    check_words(*row);
    BOOST_TEST(!row->examples.empty(), name);
    BOOST_TEST((row->run != nullptr), name);
    std::set<std::string_view> options;
    std::set<char> letters;
    for (const Option& option : options_of(*row)) {
      BOOST_TEST(options.insert(option.name).second, option.name);
      BOOST_TEST(!option.help.empty(), option.name);
      if (option.letter != 0) BOOST_TEST(letters.insert(option.letter).second, option.name);
    }
    BOOST_TEST(options.contains("yes") == (row->effect != Effect::looks), name);
    BOOST_TEST((options.contains("dry-run") || row->effect == Effect::looks), name);
    BOOST_TEST(options.contains("reason") == (row->effect != Effect::looks && row->enters_cluster), name);
    BOOST_TEST(options.contains("no-backup") == (row->effect == Effect::destroys), name);
  }
}

/// A line is read before its verb is known.
BOOST_AUTO_TEST_CASE(an_option_takes_a_value_in_all_verbs_or_in_none) {
  for (const Command& command : all_commands()) {
    std::map<std::string_view, std::pair<bool, char>> seen;
    std::map<char, std::string_view> letters;
    for (const Command& verb : command.verbs) {
      for (const Option& option : options_of(verb)) {
        const std::pair shape{option.argument.empty(), option.letter};
        BOOST_TEST((seen.emplace(option.name, shape).first->second == shape), verb.full_name());
        if (option.letter != 0)
          BOOST_TEST(letters.emplace(option.letter, option.name).first->second == option.name, verb.full_name());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_example_parses) {
  for (const Command* const row : runnable()) {
    for (const Example& example : row->examples) {
      std::stringstream line{std::string(example.line)};
      std::vector<std::string> words;
      for (std::string word; line >> word;) words.push_back(word);
      const Command* const command = find_command(words.front());
      BOOST_REQUIRE_MESSAGE(command != nullptr, example.line);
      words.erase(words.begin());
      const auto wrong = error_of([&] { BOOST_TEST(&read_command_line(*command, words).row == row); });
      BOOST_TEST(!wrong.has_value(), example.line);
    }
  }
}

BOOST_AUTO_TEST_CASE(help_wherever_it_is_asked_for) {
  BOOST_TEST(call({}) == 0);
  BOOST_TEST(terminal.printed == help_of_all().view());
  BOOST_TEST(call({"flush", "--nonsense", "--help"}) == 0);
  BOOST_TEST(terminal.printed == page_of(*find_command("flush")).view());
  BOOST_TEST(call({"help", "top"}) == 0);
  BOOST_TEST(terminal.printed == help_of(*find_command("top")).view());
  BOOST_TEST(launcher.journal.empty());
}

BOOST_AUTO_TEST_CASE(wrong_use_is_2_and_asks_no_cluster) {
  BOOST_TEST(call({"flsh"}) == 2);
  BOOST_TEST(terminal.said == "error: unknown command 'flsh'\nhint: did you mean kubectl akqueue flush?\n");
  BOOST_TEST(call({"-n", "sso"}) == 2);
  BOOST_TEST(terminal.said ==
             "error: no command is given, only options\nhint: kubectl akqueue help lists the commands\n");
  BOOST_TEST(call({"-n", "sso", "stats"}) == 2);
  BOOST_TEST(terminal.said == "error: unknown command 'stats'\nhint: did you mean kubectl akqueue status?\n");
  BOOST_TEST(call({"status", "extra"}) == 2);
  BOOST_TEST(call({"delete"}) == 2);
  BOOST_TEST(call({"delete", "not-an-id"}) == 2);
  BOOST_TEST(call({"delete", "--older-than", "5"}) == 2);
  BOOST_TEST(call({"delete", "--all", "--actor", "x"}) == 2);
  BOOST_TEST(call({"top", "--limit", "x"}) == 2);
  BOOST_TEST(terminal.printed == "");
  BOOST_TEST(launcher.journal.empty());
}

/// Requests are made piece by piece, and any piece may refuse.
BOOST_AUTO_TEST_CASE(a_request_that_is_refused_half_way) {
  for (const auto& args : std::vector<std::vector<std::string>>{{"flush", "--older-than", "5"},
                                                                {"flush", "--follow-for", "x"},
                                                                {"list", "--older-than", "5"},
                                                                {"list", "--limit", "x"},
                                                                {"top", "--newer-than", "5"},
                                                                {"status", "-A", "-n", "sso"},
                                                                {"watch", "--timeout", "x"},
                                                                {"watch", "--interval", "x"},
                                                                {"wait", "--for", "queued=0", "--interval", "x"},
                                                                {"workers", "--interval", "x"},
                                                                {"backup", "--older-than", "5"},
                                                                {"backup", "--backup-file", "f", "--limit", "x"},
                                                                {"backups", "show", "f", "--older-than", "5"},
                                                                {"backups", "prune", "--older-than", "5"},
                                                                {"undo", "--older-than", "5"},
                                                                {"restore", "f", "--state", ""},
                                                                {"drain", "delete", "not-an-id"},
                                                                {"drain", "--timeout", "x"},
                                                                {"drain", "--no-backup", "--backup-file", "f"},
                                                                {"rbac", "nonsense"}}) {
    BOOST_TEST(call(args) == 2, args.front());
    BOOST_TEST(terminal.said.starts_with("error: "), args.front());
  }
  BOOST_TEST(launcher.journal.empty());
}

BOOST_AUTO_TEST_CASE(a_verb_is_the_first_argument_wherever_options_stand) {
  const Command& backups = *find_command("backups");
  const auto row_of = [&](const std::vector<std::string>& args) { return read_command_line(backups, args).row.name; };
  BOOST_TEST(row_of({}) == "list");
  BOOST_TEST(row_of({"-o", "json"}) == "list");
  BOOST_TEST(row_of({"--older-than", "30d", "prune"}) == "prune");
  BOOST_TEST(row_of({"-v", "verify", "a", "b"}) == "verify");
  const CommandLine line = read_command_line(backups, {"show", "verify", "--state", "done", "--state", "queued"});
  BOOST_TEST(line.row.full_name() == "backups show");
  BOOST_TEST(line.options.arguments() == std::vector<std::string>{"verify"}, boost::test_tools::per_element());
  BOOST_TEST(line.options.all("state").size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_a_verb_does_not_take) {
  const auto said = [&](const std::vector<std::string>& args) {
    BOOST_TEST(call(args) == 2);
    return terminal.said;
  };
  BOOST_TEST(said({"backups", "prun", "--yes"}) ==
             "error: unknown command 'backups prun'\nhint: did you mean kubectl akqueue backups prune?\n");
  BOOST_TEST(said({"backups", "everything"}) ==
             "error: unknown command 'backups everything'\nhint: list, show, verify or prune\n");
  BOOST_TEST(said({"backups", "show", "FILE", "--yes"}) ==
             "error: backups show does not take --yes\nhint: kubectl akqueue backups prune takes it\n");
  BOOST_TEST(said({"--yes", "backups"}) ==
             "error: backups list does not take --yes\nhint: kubectl akqueue backups prune takes it\n");
  BOOST_TEST(said({"backups", "--older-than", "30d"}) ==
             "error: backups list does not take --older-than\n"
             "hint: kubectl akqueue backups show and backups prune take it\n");
  BOOST_TEST(said({"backups", "verify", "-o", "json"}) ==
             "error: backups verify does not take --output\n"
             "hint: kubectl akqueue backups list and backups show take it\n");
  BOOST_TEST(said({"backups", "list", "extra"}) ==
             "error: unexpected argument 'extra'\nhint: kubectl akqueue backups list --help shows what it takes\n");
  BOOST_TEST(said({"backups", "prune", "--resaon", "x"}).starts_with("error: unknown option '--resaon'"));
  BOOST_TEST(said({"completion", "--dry-run"}) ==
             "error: completion status does not take --dry-run\n"
             "hint: kubectl akqueue completion install and completion uninstall take it\n");
}

BOOST_AUTO_TEST_CASE(help_of_a_verb) {
  const Command& backups = *find_command("backups");
  const Command& prune = *find_verb(backups, "prune");
  for (const auto& args : std::vector<std::vector<std::string>>{
           {"backups", "--help"}, {"backups", "help"}, {"backups", "--older-than", "x", "-h"}}) {
    BOOST_TEST(call(args) == 0);
    BOOST_TEST(terminal.printed == page_of(backups).view());
  }
  BOOST_TEST(call({"help", "backups"}) == 0);
  BOOST_TEST(terminal.printed == help_of(backups).view());
  BOOST_TEST(call({"help", "backups", "prune"}) == 0);
  BOOST_TEST(terminal.printed == help_of(prune).view());
  for (const auto& args : std::vector<std::vector<std::string>>{
           {"backups", "prune", "--nonsense", "--help"}, {"backups", "help", "prune"}, {"backups", "-h", "prune"}}) {
    BOOST_TEST(call(args) == 0);
    BOOST_TEST(terminal.printed == page_of(prune).view());
  }
  BOOST_TEST(call({"help", "backups", "prun"}) == 2);
  BOOST_TEST(terminal.said.ends_with("hint: did you mean kubectl akqueue backups prune?\n"));
  BOOST_TEST(call({"help", "flush", "prune"}) == 2);

  BOOST_TEST(help_of(backups).view().find(
                 "kubectl akqueue backups [list|show FILE|verify [FILE...]|prune] [OPTIONS]") != std::string::npos);
  BOOST_TEST(help_of(backups).view().find("  verify      Check that they are whole\n") != std::string::npos);
  BOOST_TEST(help_of(prune).view().find("--older-than DURATION") != std::string::npos);
  BOOST_TEST(help_of(prune).view().find("--reason") == std::string::npos);
  BOOST_TEST(reference_page().view().find("\n#### backups prune\n") != std::string::npos);
  BOOST_TEST(man_page().find("\n.SS backups prune\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_kubectl) {
  BOOST_TEST(call({"status", "-n", "sso"}) == 1);
  BOOST_TEST(terminal.said.find("error: kubectl was not found") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(errors_show_foreign_text_harmlessly) {
  Error error(ErrorCode::sql, "bad\x1b[2J", "try");
  error.with_detail("line\x07").with_sqlstate("42601");
  ui::print_error(terminal, error);
  BOOST_TEST(terminal.said == "line\\x07\nerror: bad\\x1b[2J (SQLSTATE 42601)\nhint: try\n");
}

BOOST_AUTO_TEST_CASE(one_exit_status_a_kind) {
  for (const ErrorKind& kind : error_kinds()) {
    BOOST_TEST((error_code_named(kind.name) == kind.code), kind.name);
    BOOST_TEST(kind.exit_status != 0, kind.name);
  }
  BOOST_TEST((error_code_named("never heard of") == ErrorCode::protocol));
}

BOOST_AUTO_TEST_CASE(what_a_machine_refuses_is_said_in_words) {
  const auto words = [](const std::exception& thrown) { return words_of([&] { throw ui::as_error(thrown); }); };
  const auto reason = [](std::errc why) { return std::make_error_code(why); };
  BOOST_TEST(words(std::filesystem::filesystem_error("stat", "/a/b", reason(std::errc::filename_too_long))) ==
             "can't use /a/b: File name too long | choose a shorter name");
  BOOST_TEST(words(std::system_error(reason(std::errc::too_many_files_open))).find("Too many open files | ulimit -n") !=
             std::string::npos);
  BOOST_TEST(words(std::bad_alloc()).starts_with("there is not enough memory | "));
  BOOST_TEST(words(std::logic_error("x")) == "unforeseen: x | please report this");
  BOOST_TEST((ui::as_error(Error(ErrorCode::declined, "no")).code() == ErrorCode::declined));
}

BOOST_AUTO_TEST_SUITE_END()

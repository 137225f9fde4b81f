#include "cli/man.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <map>

#include "akqueue/error.hpp"
#include "cli/help_parts.hpp"

namespace akqueue::cli {
namespace {

/// A character that is not ASCII, by its number. (The table's own text is well-formed UTF-8.)
std::string code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  std::uint32_t code = lead & (0x3fU >> more);
  for (std::size_t i = 0; i < more; ++i) code = code << 6 | (static_cast<unsigned char>(text[++at]) & 0x3fU);
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "\\[u%04X]", static_cast<unsigned>(code));
  return name.data();
}

/// The escape for a character that means something to troff, or that it would print as another; empty for all others.
std::string_view name_of(char sign) {
  switch (sign) {
    case '\\': return "\\e";
    case '-': return "\\-";
    case '\'': return "\\(aq";
    case '`': return "\\(ga";
    case '~': return "\\(ti";
    case '^': return "\\(ha";
    default: return {};
  }
}

/// Text for troff: nothing in it is a command, and commands can be copied out of the page.
std::string troff_escaped(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char sign = text[at];
    // A line that begins with a dot would be a command.
    if (sign == '.' && (at == 0 || text[at - 1] == '\n')) result += "\\&";
    const std::string_view name = name_of(sign);
    if (static_cast<unsigned char>(sign) >= 0x80) {
      result += code_point(text, at);
    } else if (name.empty()) {
      result += sign;
    } else {
      result += name;
    }
  }
  return result;
}

std::string bold(std::string_view text) { return "\\fB" + troff_escaped(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + troff_escaped(text) + "\\fR"; }

std::string section(std::string_view title) { return ".SH " + std::string(title) + "\n"; }

/// Paragraphs of lines, with an empty line between them.
std::string paragraphs(std::string_view text) {
  std::string result;
  for (;;) {
    const auto end = text.find("\n\n");
    result += troff_escaped(text.substr(0, end)) + "\n";
    if (end == std::string_view::npos) return result;
    result += ".PP\n";
    text.remove_prefix(end + 2);
  }
}

/// A tagged paragraph.
std::string item(const std::string& tag, std::string_view text) {
  return ".TP\n" + tag + "\n" + troff_escaped(text) + "\n";
}

std::string option_items(std::span<const Option> options) {
  std::string text;
  for (const Option& option : options) {
    std::string tag = option.letter != 0 ? bold(std::string("-") + option.letter) + ", " : "";
    tag += bold("--" + std::string(option.name));
    if (!option.argument.empty()) tag += " " + italic(option.argument);
    text += item(tag, meaning_of(option));
  }
  return text;
}

std::string command_text(const Command& command) {
  std::string text = ".SS " + troff_escaped(command.full_name()) + "\n" + troff_escaped(command.summary) + ".\n.PP\n" +
                     bold(usage_of(command)) + "\n.PP\n" + paragraphs(command.description);
  if (!command.short_names.empty()) text += ".PP\nShort names: " + troff_escaped(short_names_of(command)) + ".\n";
  if (command.verbs.empty()) text += option_items(own_options(command));
  if (!command.examples.empty()) text += ".PP\nExamples:\n";
  for (const Example& example : command.examples)
    text += item(bold("kubectl akqueue " + std::string(example.line)), example.meaning);
  return text;
}

std::string commands_text() {
  std::string text = section("COMMANDS");
  for_each_group([&](std::string_view, const std::vector<const Command*>& members) {
    for (const Command* const command : members) {
      text += command_text(*command);
      for (const Command& verb : command->verbs) text += command_text(verb);
    }
  });
  return text;
}

std::string exit_status_text() {
  // Of several kinds with one status, the first says it best; 1 has a meaning for all of its kinds.
  std::map<int, std::string_view> meanings{{0, "done"}, {1, "failed; standard error says why, and what to do next"}};
  for (const ErrorKind& kind : error_kinds()) meanings.emplace(kind.exit_status, kind.meaning);
  std::string text = section("EXIT STATUS");
  for (const auto& [status, meaning] : meanings) text += item(bold(std::to_string(status)), meaning);
  return text;
}

struct Entry {
  std::string_view name;
  std::string_view meaning;
};

constexpr Entry kEnvironment[] = {
    {"AKQUEUE_SIM", "a world of akqueue-sim to use instead of a cluster, like --sim"},
    {"AKQUEUE_SIM_SPEED", "how much faster than real time such a world runs (default 1)"},
    {"AKQUEUE_KUBECTL", "what to run instead of kubectl, like oc or microk8s kubectl"},
    {"AKQUEUE_COMPLETION_TIMEOUT",
     "how long completion may ask the site for live values, like 3s (default 1.5 s); 0: never"},
    {"KUBECONFIG", "kubectl's own: the kubeconfig files, unless --kubeconfig names one"},
    {"KREW_ROOT", "where krew is, for completion install (default: ~/.krew)"},
    {"NO_COLOR", "if set to anything: no colours"},
    {"PATH", "where kubectl is looked for"},
    {"XDG_STATE_HOME", "the directory that holds akqueue, with history and backups (default: ~/.local/state)"},
};

constexpr Entry kFiles[] = {
    {"~/.local/state/akqueue/history.jsonl", "what was changed from this machine: two lines for each command"},
    {"~/.local/state/akqueue/backups/",
     "a backup of each deletion, unless --backup-file or --no-backup was given; restore takes them"},
    {"~/.local/state/akqueue/completion.json", "the names from the site that completion asked last, for half a minute"},
};

std::string entries(std::span<const Entry> all) {
  std::string text;
  for (const Entry& entry : all) text += item(bold(entry.name), entry.meaning);
  return text;
}

constexpr std::string_view kDescription =
    "For the person on call whose authentik has hundreds of thousands of queued tasks: shows what is in its task\n"
    "queue, clears the right part of it, and can undo that. A plugin of kubectl: it runs kubectl with your\n"
    "contexts and credentials, enters a Ready server pod of authentik (never a worker) with one kubectl exec, and\n"
    "works in its database from there, in short transactions.\n"
    "\n"
    "Options stand anywhere after kubectl akqueue, before the command too; kubectl refuses flags before a\n"
    "plugin's name. Commands that delete write a backup first, show what will go, and ask.\n"
    "\n"
    "Results go to standard output; progress, questions and notices to standard error.";

}  // namespace

std::string man_page() {
  std::string page =
      ".\\\" Generated from the command table by `kubectl-akqueue help --man`.\n"
      ".TH KUBECTL\\-AKQUEUE 1 \"\" \"kubectl\\-akqueue " AKQUEUE_VERSION
      "\" \"User Commands\"\n"
      // People copy commands and ids out of the page: nothing is hyphenated or stretched.
      ".nh\n.ad l\n";
  page += section("NAME") + "kubectl\\-akqueue \\- look after the task queue of authentik on Kubernetes\n";
  page += section("SYNOPSIS") + bold("kubectl akqueue") + " " + italic("COMMAND") + " [" + italic("ARGUMENTS") + "] [" +
          italic("OPTIONS") + "]\n";
  page += section("DESCRIPTION") + paragraphs(kDescription);
  page += commands_text();
  page += section("OPTIONS OF EVERY COMMAND") + "Commands that only concern this machine take only the last two.\n" +
          option_items(shared_options(*find_command("status")));
  page += exit_status_text();
  page += section("ENVIRONMENT") + entries(kEnvironment);
  page += section("FILES") + "Only their owner can read them. If XDG_STATE_HOME is set, akqueue is in there.\n" +
          entries(kFiles);
  page += section("SEE ALSO") + bold("kubectl") + "(1), " + bold("akqueue-sim help") +
          ", which explains the simulator for rehearsals.\n";
  return page;
}

}  // namespace akqueue::cli

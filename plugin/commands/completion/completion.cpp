#include "commands/completion/commands.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"
#include "cli/completion.hpp"
#include "cluster/kubectl.hpp"
#include "commands/completion/completer_link.hpp"
#include "system/paths.hpp"
#include "system/surroundings.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

namespace fs = std::filesystem;

/// kubectl asks plugins for completion from here on.
constexpr int kLeastMinor = 26;

constexpr std::string_view kShells =
    "Where kubectl completes, kubectl akqueue does now. To switch that on in a shell, for good in the file named "
    "behind it:\n"
    "  bash  source <(kubectl completion bash)     ~/.bashrc; needs the package bash-completion\n"
    "  zsh   source <(kubectl completion zsh)      ~/.zshrc, behind compinit\n"
    "  fish  kubectl completion fish | source      ~/.config/fish/config.fish\n";

struct Here {
  std::vector<fs::path> on_path;
  fs::path plugin;  ///< as kubectl finds it
};

Here look_here() {
  Here here{directories_of(environment_variable("PATH").value_or("")), {}};
  here.plugin = find_in(here.on_path, "kubectl-akqueue");
  if (!here.plugin.empty()) return here;
  throw Error(ErrorCode::not_found, "kubectl-akqueue is not on PATH: kubectl finds neither it nor its completion",
              "put its directory on PATH");
}

std::string said(const Invocation& invocation, const std::string& what) {
  return "completer/" + std::string(kCompleter) + " " + visible(what) +
         (invocation.options.has("dry-run") ? " (dry run)" : "") + "\n";
}

/// `v1.32.4` as kubectl says it; empty where there is none that answers.
std::string kubectl_version(Environment& environment) {
  try {
    const Finished got =
        Kubectl(environment.launcher, kubectl_program(""), {}).run({"version", "--client", "--output", "json"});
    const auto document = parse_foreign<ForeignJson>(got.output);
    const ForeignJson none = ForeignJson::object();
    const auto& client = document.is_object() && document.contains("clientVersion") ? document["clientVersion"] : none;
    return client.is_object() ? client.value("gitVersion", std::string()) : std::string();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) throw;
    return {};
  }
}

/// Of `v1.32.4-gke.1`: 32. Nothing for what is no version of kubectl 1.
std::optional<int> minor_of(std::string_view version) {
  constexpr std::string_view kMajor = "v1.";
  int minor = 0;
  if (!version.starts_with(kMajor)) return std::nullopt;
  const auto [stop, failure] = std::from_chars(version.data() + kMajor.size(), version.data() + version.size(), minor);
  return failure == std::errc() ? std::optional(minor) : std::nullopt;
}

/// Says where kubectl can't do it. Whether it can.
bool check_kubectl(Environment& environment) {
  const std::string version = kubectl_version(environment);
  if (version.empty()) {
    environment.terminal.err(environment.terminal.warning("kubectl does not tell its version") +
                             ": is it on PATH? Completion of plugins needs 1." + std::to_string(kLeastMinor) +
                             " or newer\n");
    return false;
  }
  const auto minor = minor_of(version);
  if (!minor || *minor >= kLeastMinor) return true;
  environment.terminal.err(environment.terminal.warning("kubectl " + visible(version) + " does not complete plugins") +
                           ": 1." + std::to_string(kLeastMinor) + " or newer does\n");
  return false;
}

fs::path chosen_directory(const Invocation& invocation, const Here& here) {
  if (const auto given = invocation.options.value("dir")) {
    std::error_code failure;
    fs::path directory = fs::absolute(path_of(*given), failure).lexically_normal();
    if (!directory.has_filename()) directory = directory.parent_path();
    if (given->empty() || !fs::is_directory(directory, failure))
      throw Error(ErrorCode::not_found, "'" + (given->empty() ? "" : text_of(directory)) + "' is not a directory",
                  "make it first, and put it on PATH");
    return directory;
  }
  fs::path usual = usual_directory(here.on_path, here.plugin);
  if (usual.empty())
    throw Error(ErrorCode::not_found,
                "neither the plugin's own directory, nor krew's, nor one below your home is on PATH and can be written",
                "name another one with --dir, or make ~/.local/bin and put it on PATH");
  return usual;
}

/// The first completer on PATH: the one that kubectl takes.
std::optional<Completer> taken(const Here& here) {
  for (const fs::path& directory : here.on_path) {
    const Completer one(directory, here.plugin);
    if (one.standing() != Standing::absent) return one;
  }
  return std::nullopt;
}

int install(const Invocation& invocation, const Here& here) {
  Environment& environment = invocation.environment;
  const fs::path directory = chosen_directory(invocation, here);
  const Completer completer(directory, here.plugin);
  const Standing standing = completer.standing();
  if (standing == Standing::current) {
    environment.terminal.out(said(invocation, "unchanged in " + text_of(directory)));
  } else {
    // A foreign file is refused by a dry run too.
    if (standing == Standing::foreign || !invocation.options.has("dry-run")) completer.install();
    environment.terminal.out(
        said(invocation, (standing == Standing::absent ? "installed in " : "updated in ") + text_of(directory)));
  }
  if (std::ranges::find(here.on_path, directory) == here.on_path.end())
    environment.terminal.err(environment.terminal.warning(visible(text_of(directory)) + " is not on PATH") +
                             ": kubectl finds it there once it is\n");
  const auto first = taken(here);
  if (first && first->standing() == Standing::foreign)
    environment.terminal.err(environment.terminal.warning(visible(text_of(first->file())) + " is found first") +
                             ", and is not of this plugin\n");
  check_kubectl(environment);
  environment.terminal.err(std::string(kShells));
  return 0;
}

int uninstall(const Invocation& invocation, const Here& here) {
  Terminal& terminal = invocation.environment.terminal;
  std::vector<fs::path> directories = here.on_path;
  if (invocation.options.has("dir")) directories = {chosen_directory(invocation, here)};
  bool found = false;
  for (const fs::path& directory : directories) {
    const Completer completer(directory, here.plugin);
    const Standing standing = completer.standing();
    if (standing == Standing::absent) continue;
    if (standing == Standing::foreign && !invocation.options.has("dir")) {
      terminal.err(visible(text_of(completer.file())) + " is not of this plugin: it is left as it is\n");
      continue;
    }
    if (standing == Standing::foreign || !invocation.options.has("dry-run")) completer.remove();
    terminal.out(said(invocation, "removed from " + text_of(directory)));
    found = true;
  }
  if (!found) terminal.err("no completer of this plugin is installed\n");
  return 0;
}

int show_status(const Invocation& invocation, const Here& here) {
  Environment& environment = invocation.environment;
  const auto completer = taken(here);
  const Standing standing = completer ? completer->standing() : Standing::absent;
  const std::string place = completer ? text_of(completer->file().parent_path()) : "";
  if (standing == Standing::current)
    environment.terminal.out(said(invocation, "installed in " + place + ", for " + text_of(here.plugin)));
  if (standing == Standing::outdated)
    environment.terminal.out(
        said(invocation, "in " + place + " is another kubectl-akqueue's; completion install brings it up to date"));
  if (standing == Standing::foreign)
    environment.terminal.out(said(invocation, "in " + place + " is not of this plugin"));
  if (standing == Standing::absent)
    environment.terminal.out(said(invocation, "not installed; kubectl akqueue completion install does it"));
  const bool able = check_kubectl(environment);
  if (standing == Standing::current && able) environment.terminal.err(std::string(kShells));
  return standing == Standing::current && able ? 0 : error_kind(ErrorCode::condition).exit_status;
}

std::vector<Option> completion_options() {
  return {{"dir", 0, "DIR",
           "the directory to put it into or take it out of (default: one on PATH that can be written, the plugin's own "
           "first)"},
          {"dry-run", 0, "", "show what would be done, change nothing"}};
}

int run_completion(const Invocation& invocation) {
  const auto& arguments = invocation.options.arguments();
  const std::string action = arguments.empty() ? "status" : arguments.front();
  const Here here = look_here();
  if (action == "install") return install(invocation, here);
  if (action == "uninstall") return uninstall(invocation, here);
  if (action == "status") return show_status(invocation, here);
  throw Error(ErrorCode::usage, "completion can't '" + action + "'", "install, uninstall or status");
}

}  // namespace

Command completion_command() {
  return {.name = "completion",
          .group = "Other",
          .summary = "Let the shell complete what is typed, with live values",
          .arguments = "[install|uninstall|status]",
          .most_arguments = 1,
          .description =
              "install puts kubectl_complete-akqueue, through which kubectl (1.26 on) completes its plugin,\n"
              "into a directory on PATH, as a link to the plugin that kubectl finds: it goes on working\n"
              "after an upgrade. A file that is not the plugin's own is left alone. Then bash, zsh and fish\n"
              "complete commands, options and values, wherever kubectl's own completion is switched on.\n"
              "\n"
              "Actors, queues, states, ids and whatever else only the site knows come from the site that\n"
              "the line so far means (-n, --context, --release, --sim). That takes at most 1.5 s\n"
              "(AKQUEUE_COMPLETION_TIMEOUT, like 3s; 0: never ask), reads a bounded number of rows, and\n"
              "is kept for half a minute; where it fails, the usual words are offered. status ends with 5\n"
              "where something is missing.",
          .options = completion_options(),
          .examples = {{"completion install", "into a directory on PATH"},
                       {"completion install --dir ~/bin", "into this one"},
                       {"completion", "whether it is in place"}},
          .enters_cluster = false,
          .run = run_completion};
}

}  // namespace akqueue

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

namespace akqueue::commands {
namespace {

namespace fs = std::filesystem;

/// kubectl asks plugins for completion from here on.
constexpr int kLeastMinor = 26;

constexpr char kShells[] =
    "Wherever kubectl completes, kubectl akqueue does too. To switch that on in a shell (for good: in the file named "
    "beside it):\n"
    "  bash  source <(kubectl completion bash)     ~/.bashrc; needs the package bash-completion\n"
    "  zsh   source <(kubectl completion zsh)      ~/.zshrc, behind compinit\n"
    "  fish  kubectl completion fish | source      ~/.config/fish/config.fish\n";

struct Here {
  std::vector<fs::path> on_path;
  fs::path plugin;  ///< as kubectl finds it
};

Here look_here() {
  Here here{directories_of(system::environment_variable("PATH").value_or("")), {}};
  here.plugin = find_in(here.on_path, "kubectl-akqueue");
  if (!here.plugin.empty()) return here;
  throw Error(ErrorCode::not_found, "kubectl-akqueue is not on PATH: kubectl finds neither it nor its completion",
              "put its directory on PATH");
}

/// What to put there or to take away.
struct CompleterRequest {
  std::optional<std::string> directory = {};  ///< as written; nothing: the usual one
  bool dry_run = false;
};

CompleterRequest read_completer_request(const Options& options) {
  return {.directory = options.value("dir"), .dry_run = options.has("dry-run")};
}

ui::Text said(const ui::Text& what, bool dry_run = false) {
  return ui::format_text("completer/{} {}{}\n", cli::kCompleter, what, dry_run ? " (dry run)" : "");
}

/// `v1.32.4` as kubectl says it; empty where there is none that answers.
std::string kubectl_version(cli::Environment& environment) {
  try {
    const system::Finished got = cluster::Kubectl(environment.launcher, cluster::kubectl_program(""), {})
                                     .run({"version", "--client", "--output", "json"});
    const auto document = parse_foreign<ForeignJson>(got.output);
    const ForeignJson none = ForeignJson::object();
    const auto& client = document.is_object() && document.contains("clientVersion") ? document["clientVersion"] : none;
    return client.is_object() ? client.value("gitVersion", std::string()) : std::string();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) throw;
    return {};
  }
}

/// Of `v1.32.4-gke.1`: 32. Nothing for what is not a version of kubectl 1.
std::optional<int> minor_of(std::string_view version) {
  constexpr std::string_view kMajor = "v1.";
  int minor = 0;
  if (!version.starts_with(kMajor)) return std::nullopt;
  const auto [stop, failure] = std::from_chars(version.data() + kMajor.size(), version.data() + version.size(), minor);
  return failure == std::errc() ? std::optional(minor) : std::nullopt;
}

/// Says where kubectl can't do it. Whether it can.
bool check_kubectl(cli::Environment& environment) {
  const std::string version = kubectl_version(environment);
  if (version.empty()) {
    environment.terminal.err(
        environment.terminal.warning("kubectl does not say its version") +
        ui::format_text(": is it on PATH? Completion of plugins needs 1.{} or newer\n", kLeastMinor));
    return false;
  }
  const auto minor = minor_of(version);
  if (!minor || *minor >= kLeastMinor) return true;
  environment.terminal.err(
      environment.terminal.warning(ui::format_text("kubectl {} does not complete plugins", version)) +
      ui::format_text(": 1.{} or newer does\n", kLeastMinor));
  return false;
}

fs::path chosen_directory(const CompleterRequest& request, const Here& here) {
  if (const auto& given = request.directory) {
    std::error_code failure;
    fs::path directory = fs::absolute(system::path_of(*given), failure).lexically_normal();
    if (!directory.has_filename()) directory = directory.parent_path();
    if (given->empty() || !fs::is_directory(directory, failure))
      throw Error(ErrorCode::not_found,
                  "'" + (given->empty() ? "" : system::text_of(directory)) + "' is not a directory",
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

int run_install(const cli::Invocation& invocation) {
  cli::Environment& environment = invocation.environment;
  const CompleterRequest request = read_completer_request(invocation.options);
  const Here here = look_here();
  const fs::path directory = chosen_directory(request, here);
  const Completer completer(directory, here.plugin);
  const Standing standing = completer.standing();
  if (standing == Standing::current) {
    environment.terminal.out(said(ui::format_text("unchanged in {}", system::text_of(directory)), request.dry_run));
  } else {
    // A foreign file is refused by a dry run too.
    if (standing == Standing::foreign || !request.dry_run) completer.install();
    const char* const done = standing == Standing::absent ? "installed" : "updated";
    environment.terminal.out(said(ui::format_text("{} in {}", done, system::text_of(directory)), request.dry_run));
  }
  if (std::ranges::find(here.on_path, directory) == here.on_path.end())
    environment.terminal.err(
        environment.terminal.warning(ui::format_text("{} is not on PATH", system::text_of(directory))) +
        ": kubectl finds it there once it is\n");
  const auto first = taken(here);
  if (first && first->standing() == Standing::foreign)
    environment.terminal.err(
        environment.terminal.warning(ui::format_text("{} is found first", system::text_of(first->file()))) +
        ", and does not belong to this plugin\n");
  check_kubectl(environment);
  environment.terminal.err(kShells);
  return 0;
}

int run_uninstall(const cli::Invocation& invocation) {
  ui::Terminal& terminal = invocation.environment.terminal;
  const CompleterRequest request = read_completer_request(invocation.options);
  const Here here = look_here();
  std::vector<fs::path> directories = here.on_path;
  if (request.directory) directories = {chosen_directory(request, here)};
  bool found = false;
  for (const fs::path& directory : directories) {
    const Completer completer(directory, here.plugin);
    const Standing standing = completer.standing();
    if (standing == Standing::absent) continue;
    if (standing == Standing::foreign && !request.directory) {
      terminal.err(ui::format_text("{} does not belong to this plugin: it is left as it is\n",
                                   system::text_of(completer.file())));
      continue;
    }
    if (standing == Standing::foreign || !request.dry_run) completer.remove();
    terminal.out(said(ui::format_text("removed from {}", system::text_of(directory)), request.dry_run));
    found = true;
  }
  if (!found) terminal.err("no completer of this plugin is installed\n");
  return 0;
}

int run_completion_status(const cli::Invocation& invocation) {
  cli::Environment& environment = invocation.environment;
  const Here here = look_here();
  const auto completer = taken(here);
  const Standing standing = completer ? completer->standing() : Standing::absent;
  const std::string place = completer ? system::text_of(completer->file().parent_path()) : "";
  if (standing == Standing::current)
    environment.terminal.out(said(ui::format_text("installed in {}, for {}", place, system::text_of(here.plugin))));
  if (standing == Standing::outdated)
    environment.terminal.out(said(
        ui::format_text("in {} belongs to another kubectl-akqueue; completion install brings it up to date", place)));
  if (standing == Standing::foreign)
    environment.terminal.out(said(ui::format_text("in {} does not belong to this plugin", place)));
  if (standing == Standing::absent)
    environment.terminal.out(said("not installed; kubectl akqueue completion install does it"));
  const bool able = check_kubectl(environment);
  if (standing == Standing::current && able) environment.terminal.err(kShells);
  return standing == Standing::current && able ? 0 : error_kind(ErrorCode::condition).exit_status;
}

std::vector<Option> completer_options() {
  return {{"dir", 0, "DIR",
           "the directory to put it into or take it out of (default: one on PATH that can be written, the plugin's own "
           "first)"},
          {"dry-run", 0, "", "show what would be done, change nothing"}};
}

cli::Command completion_status_verb() {
  return {.name = "status",
          .summary = "Show whether it is in place",
          .description = "Ends with 5 where something is missing.",
          .examples = {{"completion", "whether it is in place"}},
          .enters_cluster = false,
          .run = run_completion_status};
}

cli::Command install_verb() {
  return {.name = "install",
          .summary = "Switch it on",
          .description =
              "Puts kubectl_complete-akqueue, through which kubectl (1.26 on) completes its plugin, into a\n"
              "directory on PATH, as a link to the plugin that kubectl finds: it goes on working after an\n"
              "upgrade. A file that is not the plugin's own is left alone.",
          .options = completer_options(),
          .examples = {{"completion install", "into a directory on PATH"},
                       {"completion install --dir ~/bin", "into this one"}},
          .enters_cluster = false,
          .run = run_install};
}

cli::Command uninstall_verb() {
  return {.name = "uninstall",
          .summary = "Switch it off",
          .description = "Takes the link out of every directory on PATH, or of the one of --dir.",
          .options = completer_options(),
          .examples = {{"completion uninstall --dry-run", "what would be taken away"}},
          .enters_cluster = false,
          .run = run_uninstall};
}

/// What a shell sources: kubectl's own completion, which asks the plugin for the rest.
int run_script(const cli::Invocation& invocation) {
  const std::string shell(invocation.command.name);
  const std::string how =
      shell == "fish" ? "kubectl completion fish | source" : "source <(kubectl completion " + shell + ")";
  invocation.environment.terminal.out(
      ui::format_text("# kubectl's own completion for {} asks {} for what comes after kubectl akqueue;\n"
                      "# kubectl akqueue completion install puts that on PATH.\n{}\n",
                      shell, cli::kCompleter, how));
  return 0;
}

cli::Command script_verb(std::string_view shell, std::string_view example) {
  return {.name = shell,
          .summary = "Print what this shell needs, to be sourced",
          .description = "It is kubectl's own completion that has to be on; this prints how.",
          .examples = {{example, "the lines to source"}},
          .enters_cluster = false,
          .run = run_script};
}

}  // namespace

cli::Command completion_command() {
  return {.name = "completion",
          .group = "Other",
          .summary = "Let the shell complete what is typed, with live values",
          .description =
              "Once it is installed, bash, zsh and fish complete commands, options and values, wherever\n"
              "kubectl's own completion is switched on.\n"
              "\n"
              "Actors, queues, states, ids and whatever else only the site knows come from the site that\n"
              "the line so far means (-n, --context, --release, --sim). That takes at most 1.5 s\n"
              "(AKQUEUE_COMPLETION_TIMEOUT, like 3s; 0: never ask), reads a bounded number of rows, and\n"
              "is kept for half a minute; where it fails, the usual words are offered.",
          .verbs = {completion_status_verb(), install_verb(), uninstall_verb(), script_verb("bash", "completion bash"),
                    script_verb("zsh", "completion zsh"), script_verb("fish", "completion fish")}};
}

}  // namespace akqueue::commands

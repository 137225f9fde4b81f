// What rows of the table have in common: the options that come with an effect, a cluster or an output.
#include "cli/command.hpp"

#include <algorithm>
#include <array>

#include "cli/table_options.hpp"

namespace akqueue::cli {
namespace {

constexpr std::array kKubectl{
    Option{"namespace", 'n', "NAMESPACE", "authentik's namespace (default: the context's own, else authentik)"},
    Option{"context", 0, "CONTEXT", "the kubeconfig context to use"},
    Option{"kubeconfig", 0, "FILE", "the kubeconfig file to use"},
    Option{"cluster", 0, "CLUSTER", "the kubeconfig cluster to use"},
    Option{"user", 0, "USER", "the kubeconfig user to use"},
    Option{"as", 0, "USERNAME", "act as this user"},
    Option{"as-group", 0, "GROUP", "act as a member of this group", true},
    Option{"request-timeout", 0, "DURATION", "how long kubectl may wait for one answer of the API server"},
};

constexpr std::array kTarget{
    Option{"selector", 'l', "SELECTOR", "labels of authentik's pods (default: app.kubernetes.io/name=authentik)"},
    Option{"release", 0, "RELEASE", "the Helm release, where a namespace holds several"},
    Option{"pod", 0, "POD", "enter this server pod"},
    Option{"container", 'c', "CONTAINER", "enter this container of the pod (default: the server's)"},
    Option{"server-selector", 0, "LABELS", "the servers are the pods with these labels"},
    Option{"worker-selector", 0, "LABELS", "the workers are the pods with these labels"},
    Option{"worker-deployment", 0, "NAME", "the workers are the pods of this deployment", true},
    Option{"allow-worker", 0, "", "enter a worker where there is no server, or --pod names one"},
    Option{"sim", 0, "WORLD", "act on this world of akqueue-sim instead of a cluster (or AKQUEUE_SIM)"},
};

constexpr std::array kCommon{
    Option{"verbose", 'v', "", "show the kubectl commands and the SQL on standard error"},
    Option{"help", 'h', "", "explain the command"},
};

constexpr std::array kChanging{
    Option{"dry-run", 0, "", "show what would be done, change nothing"},
    Option{"yes", 'y', "", "do not ask"},
};

/// The history is of what was done to sites.
constexpr std::array kRemembered{
    Option{.name = "reason", .argument = "TEXT", .help = "why; goes into the summary and the history", .common = true},
    Option{
        .name = "record",
        .help = "note it on the server's deployment as well, where others can read it (needs the right to patch that)",
        .common = true},
};

constexpr std::array kDestroying{
    Option{.name = "backup-file",
           .argument = "FILE",
           .help = "write the backup there, compressed if its name ends in .gz (default: under ~/.local/state/akqueue)",
           .common = true},
    Option{.name = "no-backup", .help = "write no backup: what is deleted is gone", .common = true},
};

const Command* row_named(std::span<const Command> among, std::string_view name) {
  const auto found = std::ranges::find(among, name, &Command::name);
  return found == among.end() ? nullptr : &*found;
}

std::vector<Option> options_of_any(const std::vector<Command>& verbs) {
  std::vector<Option> all;
  for (const Command& verb : verbs) {
    for (Option option : options_of(verb)) {
      option.values = {};
      option.repeatable = true;
      if (std::ranges::find(all, option.name, &Option::name) == all.end()) all.push_back(option);
    }
  }
  return all;
}

}  // namespace

const Command* find_command(std::string_view name) { return row_named(all_commands(), name); }
const Command* find_verb(const Command& command, std::string_view name) { return row_named(command.verbs, name); }

std::string Command::full_name() const {
  return (verb_of.empty() ? "" : std::string(verb_of) + " ") + std::string(name);
}

std::span<const Option> kubectl_options() { return kKubectl; }
std::span<const Option> common_options() { return kCommon; }
std::span<const Option> target_options() { return kTarget; }

std::vector<Option> kubectl_options_of(const Command& command) {
  std::vector<Option> options(kKubectl.begin(), kKubectl.end());
  for (Option& option : options)
    option.repeatable = option.repeatable || (command.several_namespaces && option.name == "namespace");
  return options;
}

std::vector<Option> options_of(const Command& command) {
  if (!command.verbs.empty()) return options_of_any(command.verbs);
  std::vector<Option> all = command.options;
  const auto append = [&](std::span<const Option> more) { all.insert(all.end(), more.begin(), more.end()); };
  if (command.effect != Effect::looks) append(kChanging);
  if (command.effect != Effect::looks && command.enters_cluster) append(kRemembered);
  if (command.effect == Effect::destroys) append(kDestroying);
  if (!command.outputs.empty()) {
    all.push_back({.name = "output",
                   .letter = 'o',
                   .argument = "FORMAT",
                   .help = "how to print the result",
                   .values = command.outputs});
  }
  if (command.outputs.find("csv") != std::string_view::npos) append(table_options());
  if (command.enters_cluster) {
    append(kTarget);
    append(kubectl_options_of(command));
  }
  append(kCommon);
  return all;
}

}  // namespace akqueue::cli

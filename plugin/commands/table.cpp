#include <algorithm>
#include <array>

#include "cli/command.hpp"
#include "commands/backup/commands.hpp"
#include "commands/completion/commands.hpp"
#include "commands/delete/commands.hpp"
#include "commands/drain/commands.hpp"
#include "commands/look/commands.hpp"
#include "commands/others.hpp"
#include "commands/watch/commands.hpp"

namespace akqueue {
namespace {

const std::vector<Command>& rows() {
  static const std::vector<Command> table{
      status_command(),  top_command(),      list_command(),  show_command(),       schema_command(),
      workers_command(), settings_command(), watch_command(), wait_command(),       flush_command(),
      delete_command(),  drain_command(),    undo_command(),  restore_command(),    history_command(),
      backup_command(),  backups_command(),  rbac_command(),  completion_command(), version_command(),
      help_command(),
  };
  return table;
}

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
    Option{"container", 'c', "CONTAINER", "enter this container of the pod (default: server)"},
    Option{"sim", 0, "WORLD", "act on this world of akqueue-sim instead of a cluster (or AKQUEUE_SIM)"},
};

constexpr std::array kCommon{
    Option{"verbose", 'v', "", "show the kubectl commands and the SQL on standard error"},
    Option{"help", 'h', "", "explain the command"},
};

constexpr std::array kChanging{
    Option{"dry-run", 0, "", "show what would be done, change nothing"},
    Option{"yes", 'y', "", "do not ask"},
    Option{"reason", 0, "TEXT", "why; goes into the summary and the history"},
};

constexpr std::array kDestroying{
    Option{"backup-file", 0, "FILE",
           "write the backup there, compressed if its name ends in .gz (default: under ~/.local/state/akqueue)"},
    Option{"no-backup", 0, "", "write no backup: what is deleted is gone"},
};

}  // namespace

std::span<const Command> commands() { return rows(); }

const Command* find_command(std::string_view name) {
  const auto found = std::ranges::find(rows(), name, &Command::name);
  return found == rows().end() ? nullptr : &*found;
}

std::span<const Option> kubectl_options() { return kKubectl; }
std::span<const Option> common_options() { return kCommon; }
std::span<const Option> target_options() { return kTarget; }

std::vector<Option> options_of(const Command& command) {
  std::vector<Option> all = command.options;
  const auto append = [&](std::span<const Option> more) { all.insert(all.end(), more.begin(), more.end()); };
  if (command.effect != Effect::looks) append(kChanging);
  if (command.effect == Effect::destroys) append(kDestroying);
  if (!command.outputs.empty()) {
    all.push_back({.name = "output",
                   .letter = 'o',
                   .argument = "FORMAT",
                   .help = "how to print the result",
                   .values = command.outputs});
  }
  if (command.enters_cluster) {
    append(kTarget);
    append(kKubectl);
  }
  append(kCommon);
  return all;
}

bool Invocation::machine_output() const {
  const std::string output = options.text("output", "table");
  return output == "json" || output == "jsonl";
}

}  // namespace akqueue

#include <algorithm>
#include <array>

#include "cli/command.hpp"
#include "commands/delete.hpp"
#include "commands/flush.hpp"
#include "commands/help.hpp"
#include "commands/status.hpp"
#include "commands/top.hpp"
#include "commands/version.hpp"

namespace akqueue {
namespace {

constexpr Option kIncludeRunning{"include-running", 0, "", "delete what live workers hold as well: they may insert it again"};
constexpr Option kQueue{"queue", 0, "QUEUE", "only this queue, by its exact name", true};
constexpr Option kActor{"actor", 0, "ACTOR", "only this actor: full name, its tail (outpost_send_update) or a glob", true};
constexpr Option kOlderThan{"older-than", 0, "DURATION", "only tasks not changed for this long: 90s, 10m, 6h, 30d"};

const std::vector<Command>& rows() {
  static const std::vector<Command> table{
      {.name = "status",
       .group = "Look",
       .summary = "Show the queue at one glance",
       .arguments = "",
       .description = "Tasks by queue and state, how long the oldest has waited, what is due now or later,\n"
                      "what workers hold and what dead workers left behind, worker heartbeats, table sizes.\n"
                      "Reads only, and works on a standby.",
       .examples = {{"status", "the queue of the current context"},
                    {"status -n sso --context prod", "of another site"},
                    {"status -o json", "for a script"}},
       .outputs = "table|wide|json|jsonl|name",
       .run = run_status},
      {.name = "top",
       .group = "Look",
       .summary = "Show which actors fill the queue",
       .arguments = "",
       .description = "Tasks by actor, the most first, with their share and how long the oldest and the newest\n"
                      "have been in their state.",
       .options = {{"state", 0, "STATE", "only tasks in this state", true},
                   kQueue,
                   {"limit", 0, "N", "show this many actors (default 15; 0: all)"}},
       .examples = {{"top --state queued", "what waits, by actor"}, {"top --limit 0 -o json", "every actor, for a script"}},
       .outputs = "table|wide|json|jsonl|name",
       .run = run_top},
      {.name = "flush",
       .group = "Delete",
       .summary = "Empty a queue, its history too",
       .arguments = "[QUEUE]",
       .most_arguments = 1,
       .description = "Deletes every task of QUEUE (default: default) and of its delayed and dead-letter twins\n"
                      "QUEUE.DQ and QUEUE.XQ, whatever its state, as the broker's own flush does: the finished\n"
                      "tasks and their logs go too. --only-queued keeps them.\n"
                      "\n"
                      "Shows first what will go, and asks for the queue's name. Works in short transactions\n"
                      "beside a live site. Tasks that a live worker holds are left alone, and so is what comes\n"
                      "in after the preview. Ctrl-C ends after the batch that runs; what is deleted by then stays\n"
                      "deleted, and a second flush goes on.",
       .effect = Effect::destroys,
       .options = {{"only-queued", 0, "", "delete what waits, keep the history"}, kIncludeRunning},
       .examples = {{"flush --dry-run", "what would go"},
                    {"flush", "empty the default queue, history included"},
                    {"flush --only-queued --yes", "drop what waits, keep the history, do not ask"}},
       .outputs = "table|json|jsonl",
       .run = run_flush},
      {.name = "delete",
       .group = "Delete",
       .summary = "Delete some tasks, keep the rest",
       .arguments = "[ID...]",
       .most_arguments = static_cast<std::size_t>(-1),
       .description = "Deletes the tasks that all given conditions select. Without --state only queued ones, so\n"
                      "that the history stays; with ids, these tasks in whatever state they are. Asks first,\n"
                      "with the list by actor. Needs a condition, or --all.",
       .effect = Effect::destroys,
       .options = {kActor,
                   {"state", 0, "STATE", "only tasks in this state (default: queued; `any` for all)", true},
                   kQueue,
                   kOlderThan,
                   {"all", 0, "", "no condition: every queued task (every task with --state any)"},
                   kIncludeRunning},
       .examples = {{"delete --actor outpost_send_update", "what waits of one actor"},
                    {"delete --state done,rejected --older-than 30d", "old history"},
                    {"delete --actor '*.certificate_discovery' --older-than 1h --dry-run", "what would go"}},
       .outputs = "table|json|jsonl",
       .run = run_delete},
      {.name = "version",
       .group = "Other",
       .summary = "Show the versions of everything involved",
       .arguments = "",
       .description = "Its own version, kubectl's, the API server's, authentik's and the database's. What can't be\n"
                      "reached is said on standard error, and the exit status is 1 then.",
       .options = {{"client", 0, "", "only what is on this machine: no cluster is asked"}},
       .examples = {{"version", "everything"}, {"version --client", "without a cluster"}},
       .outputs = "table|json",
       .run = run_version},
      {.name = "help",
       .group = "Other",
       .summary = "Explain a command",
       .arguments = "[COMMAND]",
       .most_arguments = 1,
       .description = "Without COMMAND: the list of commands.",
       .options = {{"markdown", 0, "", "all commands as one page, as in docs/commands.md"}},
       .examples = {{"help flush", "the same as flush --help"}},
       .outputs = "",
       .enters_cluster = false,
       .run = run_help},
  };
  return table;
}

constexpr std::array kKubectl{
    Option{"namespace", 'n', "NAMESPACE", "authentik's namespace (default: the context's own, else authentik)"},
    Option{"context", 0, "CONTEXT", "the kubeconfig context to use"},
    Option{"kubeconfig", 0, "FILE", "the kubeconfig file to use"},
    Option{"cluster", 0, "CLUSTER", "the kubeconfig cluster to use"},
    Option{"user", 0, "USER", "the kubeconfig user to use"},
    Option{"as", 0, "USER", "act as this user"},
    Option{"as-group", 0, "GROUP", "act as a member of this group", true},
    Option{"request-timeout", 0, "DURATION", "how long kubectl may wait for one answer of the API server"},
};

constexpr std::array kTarget{
    Option{"selector", 'l', "SELECTOR", "labels of authentik's pods (default: app.kubernetes.io/name=authentik)"},
    Option{"pod", 0, "POD", "enter this server pod"},
    Option{"container", 'c', "CONTAINER", "enter this container of the pod (default: server)"},
    Option{"sim", 0, "WORLD", "act on this world of akqueue-sim instead of a cluster (or AKQUEUE_SIM)"},
};

constexpr std::array kCommon{
    Option{"verbose", 'v', "", "show the kubectl commands and the SQL on standard error"},
    Option{"help", 'h', "", "explain the command"},
};

constexpr std::array kDestroying{
    Option{"dry-run", 0, "", "show what would go, delete nothing"},
    Option{"yes", 'y', "", "do not ask"},
    Option{"reason", 0, "TEXT", "why; goes into the summary"},
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
  if (command.effect == Effect::destroys) append(kDestroying);
  if (!command.outputs.empty()) {
    all.push_back({.name = "output", .letter = 'o', .argument = "FORMAT", .help = "how to print the result", .values = command.outputs});
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

#include <algorithm>
#include <array>

#include "cli/command.hpp"
#include "commands/backup/backup.hpp"
#include "commands/backup/backups.hpp"
#include "commands/backup/history.hpp"
#include "commands/backup/restore.hpp"
#include "commands/backup/restore_flow.hpp"
#include "commands/completion/completion.hpp"
#include "commands/delete/delete.hpp"
#include "commands/delete/flush.hpp"
#include "commands/delete/refill.hpp"
#include "commands/drain/drain.hpp"
#include "commands/help.hpp"
#include "commands/look/list.hpp"
#include "commands/look/schema.hpp"
#include "commands/look/settings.hpp"
#include "commands/look/show.hpp"
#include "commands/look/status.hpp"
#include "commands/look/top.hpp"
#include "commands/look/workers.hpp"
#include "commands/rbac.hpp"
#include "commands/shared/filter_options.hpp"
#include "commands/shared/site.hpp"
#include "commands/version.hpp"
#include "commands/watch/wait.hpp"
#include "commands/watch/watch.hpp"

namespace akqueue {
namespace {

constexpr Option kIncludeRunning{"include-running", 0, "", "delete what live workers hold as well: they may insert it again"};

/// With what shows afterwards whether the queue refills.
std::vector<Option> and_following(std::vector<Option> own) {
  for (const Option& option : follow_options()) own.push_back(option);
  return own;
}

/// The command's own options, then those that choose tasks.
std::vector<Option> and_choosing(std::vector<Option> own, std::initializer_list<std::string_view> without = {}) {
  for (const Option& option : choosing_options(without)) own.push_back(option);
  return own;
}

const std::vector<Command>& rows() {
  static const std::vector<Command> table{
      {.name = "status",
       .group = "Look",
       .summary = "Show the queue at one glance",
       .arguments = "",
       .description = "Tasks by queue and state, how long the oldest has waited, what is due now or later,\n"
                      "what workers hold and what dead workers left behind, what came and was finished in the\n"
                      "last minutes, finished tasks by the worst level in their log, heartbeats, table sizes.\n"
                      "Counts in tables of millions of rows are estimates, marked with ~, unless --exact.\n"
                      "Reads only, and works on a standby.",
       .options = {{"exact", 0, "", "count every row, however many there are"}, kEverywhere},
       .examples = {{"status", "the queue of the current context"},
                    {"status -A", "a line for each authentik of the cluster"},
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
       .options = and_choosing({{"limit", 0, "N", "show this many actors (default 15; 0: all)"}}, {"limit", "filename"}),
       .examples = {{"top --state queued", "what waits, by actor"},
                    {"top --state queued --newer-than 10m", "what came in the last ten minutes"},
                    {"top --limit 0 -o json", "every actor, for a script"}},
       .outputs = "table|wide|json|jsonl|name",
       .run = run_top},
      {.name = "list",
       .group = "Look",
       .summary = "List tasks, newest first",
       .arguments = "[ID...]",
       .most_arguments = static_cast<std::size_t>(-1),
       .description = "The tasks that all given conditions select, as the admin UI shows them: without the\n"
                      "successful ones (of those that are done it looks through the newest 10,000), unless --all is\n"
                      "given or certain ones are asked for by state, id, uid, object, log or --expired. LOG is\n"
                      "the worst level in the log of the last attempt. Rows stream, however many they are.",
       .options = and_choosing({{"limit", 0, "N", "show this many (default 50; 0: all)"}, {"all", 0, "", "successful ones too"}}, {"limit"}),
       .examples = {{"list --state rejected", "what failed for good"},
                    {"list --actor outpost_send_update --log 'timed out'", "by what its log says"},
                    {"list --state queued --limit 0 -o name", "ids for kubectl akqueue delete -f -"}},
       .outputs = "table|wide|json|jsonl|name",
       .run = run_list},
      {.name = "show",
       .group = "Look",
       .summary = "Show everything about one task",
       .arguments = "ID",
       .most_arguments = 1,
       .description = "Every column, the message as its actor would get it (read from the pickle's opcodes, never\n"
                      "unpickled), the object it is about, whether a live worker holds it, and its log, that of\n"
                      "earlier attempts too. ID may be the beginning of one.",
       .examples = {{"show 11111111-2222", "by the beginning of its id"}, {"show 11111111-2222-4333-8444-555555555555 -o json", "for a script"}},
       .outputs = "table|json|jsonl|name",
       .run = run_show},
      {.name = "schema",
       .group = "Look",
       .summary = "Show the queue's tables as they are",
       .arguments = "[TABLE]",
       .most_arguments = 1,
       .description = "Columns, keys, indexes and triggers of TABLE (task, tasklog, …; default: task) from the\n"
                      "database's own catalog, and what differs from the releases of authentik that are known.",
       .examples = {{"schema", "the task table"}, {"schema tasklog", "the log's"}, {"schema -o json", "all of them"}},
       .outputs = "table|json|jsonl|name",
       .run = run_schema},
      {.name = "workers",
       .group = "Look",
       .summary = "Show the workers' pods, and whether they are being killed",
       .arguments = "",
       .description = "The first line answers whether workers are still killed for want of memory. Then the\n"
                      "deployments with their autoscalers, processes and threads, and for each pod restarts, how\n"
                      "its container ended last, memory against its limit (from the cluster's metrics API), tasks\n"
                      "that it holds now, its last heartbeat and its age; with -o wide also processor, version and\n"
                      "address. Tasks can't be told apart by worker where a connection pooler stands before the\n"
                      "database.",
       .options = workers_options(),
       .examples = {{"workers", "once"}, {"workers -w", "again every ten seconds"}, {"workers -o json", "for a script"}},
       .outputs = "table|wide|json|jsonl|name",
       .run = run_workers},
      {.name = "settings",
       .group = "Look",
       .summary = "Show the workers' settings, and where each comes from",
       .arguments = "",
       .description = "The settings of authentik's workers that are in force: value, upstream's default, where it\n"
                      "comes from (default, environment, file, configuration), what it means; with -o wide also\n"
                      "the variable or the file. Then what stands out for the queue as it is. Settings are those\n"
                      "of the server pod, but for what stands in the worker deployments' own environment; other\n"
                      "settings, some of which are secrets, never leave the pod.",
       .examples = {{"settings", "what the workers run with"}, {"settings -o wide", "with variables and files"}, {"settings -o json", "for a script"}},
       .outputs = "table|wide|json|jsonl|name",
       .run = run_settings},
      {.name = "watch",
       .group = "Look",
       .summary = "Watch where the queue is going",
       .arguments = "",
       .description = "Looks at every interval, over one connection: what is queued and in each state, how\n"
                      "many tasks come and are finished a second, which actors grow, when the queue will be\n"
                      "empty, how often workers were restarted. A full screen on a terminal (q ends, p\n"
                      "pauses, s sorts, ? helps), a line an interval elsewhere, one JSON document a line with\n"
                      "-o json. When its pod dies it goes on through another; a look that failed is shown as\n"
                      "one, never as zeros.\n"
                      "\n"
                      "Rates are those of the last minute. A row tells only its state and its last change, so\n"
                      "they are the least that explains what is seen: finished is what became done or\n"
                      "rejected, came what was new (a task put to wait again by a person too), removed what\n"
                      "went without being finished (deleted). A task that came and was deleted between two\n"
                      "looks leaves no trace. Where the table is too large to count every time, figures with\n"
                      "~ are estimates and removed is not known.\n"
                      "\n"
                      "Conditions compare queued, any other state, tasks, taken, held, orphaned, workers or\n"
                      "restarts with a number, or rate, completions or growth with tasks /s, /m or /h; by <\n"
                      "<= = != >= >. Exit status: 0; 5 when an --until did not come to hold (at the --timeout\n"
                      "or on q), and when an --alert held at any time, whatever else; 1 when the last look before\n"
                      "the --timeout failed; 130 on Ctrl-C. With -A an --until must hold at every site at once, an\n"
                      "--alert at one, and a site that can't be read is 4 among others that can.",
       .options = {{"interval", 0, "DURATION", "look this often (default 10s, at least 1s)"},
                   {"timeout", 0, "DURATION", "end after this long"},
                   {"until", 0, "CONDITION", "end when this holds, like 'queued<1000'; of several all must hold", true},
                   {"until-empty", 0, "", "end when nothing is queued"},
                   {"alert", 0, "CONDITION", "say it loudly whenever this comes to hold, like 'rate>5/s'", true},
                   {"queue", 0, "QUEUE", "only this queue, by its exact name", true},
                   {"actor", 0, "ACTOR", "only this actor: full name, its tail (outpost_send_update) or a glob", true},
                   {"plain", 0, "", "lines on a terminal too"},
                   kEverywhere},
       .examples = {{"watch", "a screen that is drawn anew every ten seconds"},
                    {"watch --until-empty --timeout 2h", "how it empties"},
                    {"watch --alert 'rate>5/s' --alert 'restarts>0' --timeout 10m", "for a script: 5 when it was not quiet"},
                    {"watch --interval 1m -o json", "a document a minute"},
                    {"watch -A --alert 'rate>5/s'", "every authentik of the cluster, a line each"}},
       .outputs = "table|json|jsonl",
       .run = run_watch},
      {.name = "wait",
       .group = "Look",
       .summary = "Wait until a condition holds",
       .arguments = "",
       .description = "For scripts: prints nothing but `condition met: …` at the end, and how far it is on\n"
                      "standard error. Conditions are those of watch. Exit status 5 when the time is over,\n"
                      "which counts from the first look; 1 when no server pod could be entered in the --timeout\n"
                      "(or in 45s, where that is longer).",
       .options = {{"for", 0, "CONDITION", "wait for this, like 'queued=0'; of several all must hold", true},
                   {"timeout", 0, "DURATION", "give up after this long (default: never)"},
                   {"interval", 0, "DURATION", "look this often (default 2s, at least 1s)"},
                   {"queue", 0, "QUEUE", "only this queue, by its exact name", true},
                   {"actor", 0, "ACTOR", "only this actor: full name, its tail (outpost_send_update) or a glob", true}},
       .examples = {{"wait --for 'queued=0' --timeout 30m", "until the queue is empty"},
                    {"wait --for 'workers>=2' --for 'orphaned=0'", "until workers have taken up what was left behind"}},
       .outputs = "table|json|jsonl",
       .run = run_wait},
      {.name = "flush",
       .group = "Delete",
       .summary = "Empty a queue, its history too",
       .arguments = "[QUEUE]",
       .most_arguments = 1,
       .description = "Deletes every task of QUEUE (default: default) and of its delayed and dead-letter twins\n"
                      "QUEUE.DQ and QUEUE.XQ, whatever its state, as the broker's own flush does: the finished\n"
                      "tasks and their logs go too. --only-queued keeps them; other conditions narrow it down.\n"
                      "\n"
                      "Shows first what will go, and asks for the queue's name. Works in short transactions\n"
                      "beside a live site. Tasks that a live worker holds are left alone, and so is what comes\n"
                      "in after the preview. Ctrl-C ends after the batch that runs; what is deleted by then stays\n"
                      "deleted, and a second flush goes on.",
       .effect = Effect::destroys,
       .options = and_choosing(and_following({{"only-queued", 0, "", "delete what waits, keep the history"}, kIncludeRunning}), {"queue", "filename"}),
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
                      "that the history stays; with ids or --expired, whatever their state is. Asks first,\n"
                      "with the list by actor. Needs a condition, or --all.",
       .effect = Effect::destroys,
       .options = and_choosing(and_following({{"all", 0, "", "no condition: every queued task (every task with --state any)"}, kIncludeRunning})),
       .examples = {{"delete --actor outpost_send_update", "what waits of one actor"},
                    {"delete --state done,rejected --older-than 30d", "old history"},
                    {"delete --actor '*.certificate_discovery' --older-than 1h --dry-run", "what would go"},
                    {"delete --actor outpost_send_update --keep-newest 1", "all but each outpost's newest update"},
                    {"delete -f ids.txt --yes", "the tasks of a list"}},
       .outputs = "table|json|jsonl",
       .run = run_delete},
      {.name = "drain",
       .group = "Delete",
       .summary = "Scale the workers to 0, delete, scale back",
       .arguments = "[flush [QUEUE]|delete [ID...]]",
       .most_arguments = static_cast<std::size_t>(-1),
       .description = "Shows what will go and every step, asks, scales the release's worker deployments to 0,\n"
                      "waits until their pods are gone, runs the flush (of the default queue, where nothing else\n"
                      "is said) or the delete, scales back to what was there, waits until the workers are Ready,\n"
                      "and watches for a minute whether the queue refills.\n"
                      "\n"
                      "What brings the workers back is noted on the deployment in the same change that scales it\n"
                      "down: whatever ends the command, drain --resume finishes it from any machine, and status\n"
                      "says that it is unfinished. Ctrl-C at any step offers to scale back; where nobody can be\n"
                      "asked, a drain that fails scales back by itself.",
       .effect = Effect::destroys,
       .options = drain_options(),
       .examples = {{"drain --dry-run", "the plan, step by step"},
                    {"drain", "workers down, empty the default queue, workers back"},
                    {"drain delete --actor outpost_send_update --reason 'incident 42'", "only a part goes"},
                    {"drain --resume", "finish what was cut short"}},
       .outputs = "table|json|jsonl",
       .run = run_drain},
      {.name = "undo",
       .group = "Bring back",
       .summary = "Take the last deletion back",
       .arguments = "",
       .description = "Restores what the last flush or delete of this context, namespace and database deleted, from\n"
                      "the backup that it wrote on this machine. Tasks that are there already are left alone, so a\n"
                      "second undo goes further back. Conditions choose a part.",
       .effect = Effect::restores,
       .options = restoring_options(),
       .examples = {{"undo --dry-run", "what would come back"},
                    {"undo", "everything that the last deletion took"},
                    {"undo --as-rejected", "without letting the workers run it"}},
       .outputs = "table|json|jsonl",
       .run = run_undo},
      {.name = "restore",
       .group = "Bring back",
       .summary = "Put the rows of a backup back",
       .arguments = "FILE",
       .most_arguments = 1,
       .description = "Checks the whole file first, then inserts its rows batch by batch: tasks, their logs and\n"
                      "rows of other tables. Tasks that are there already are left alone, and counted. Triggers\n"
                      "fire: restored queued tasks wake the workers.",
       .effect = Effect::restores,
       .options = restore_options(),
       .examples = {{"restore backup.tasks.gz --dry-run", "what would come back, exactly: every batch is rolled back"},
                    {"restore backup.tasks.gz --actor outpost_send_update", "a part of it"}},
       .outputs = "table|json|jsonl",
       .run = run_restore},
      {.name = "history",
       .group = "Bring back",
       .summary = "Show what was changed from this machine",
       .arguments = "",
       .description = "When, by which command, where, how many tasks, how it ended, and with -o wide why and which\n"
                      "backup. A command that was killed is in it as well.",
       .options = {{"limit", 0, "N", "show this many, the last first (default 20; 0: all)"}},
       .examples = {{"history", "the last twenty"}, {"history -o wide", "with reasons and backups"}},
       .outputs = "table|wide|json|jsonl",
       .enters_cluster = false,
       .run = run_history},
      {.name = "backup",
       .group = "Bring back",
       .summary = "Write tasks to a backup, delete nothing",
       .arguments = "[ID...]",
       .most_arguments = static_cast<std::size_t>(-1),
       .description = "The tasks that all given conditions select (none: all), with their logs and rows of other\n"
                      "tables, from one snapshot of the database, in the file that restore takes.",
       .options = and_choosing({{"backup-file", 0, "FILE", "write it there, compressed if its name ends in .gz"},
                                {"dry-run", 0, "", "show what would be written"}}),
       .examples = {{"backup", "everything"}, {"backup --state rejected --backup-file rejected.tasks.gz", "what failed, for later"}},
       .outputs = "table|json|jsonl",
       .run = run_backup},
      {.name = "backups",
       .group = "Bring back",
       .summary = "List, show, check or prune the backups of this machine",
       .arguments = "[list|show FILE|verify [FILE...]|prune]",
       .most_arguments = static_cast<std::size_t>(-1),
       .description = "show prints the tasks of a file, without a cluster; with -o jsonl each of their rows as a\n"
                      "line [TABLE,ROW] of JSON. Conditions choose among them; ages count from the time at which\n"
                      "the backup was made. verify reads whole files and checks every sum in them. prune deletes\n"
                      "what is older than a time.",
       .options = backups_options(),
       .examples = {{"backups", "what there is"},
                    {"backups show FILE --state rejected", "what is in one"},
                    {"backups show FILE -o jsonl", "every row of it, as JSON"},
                    {"backups verify", "whether all of them are whole"}, {"backups prune --older-than 90d", "what is old enough to go"}},
       .outputs = "table|json|jsonl|name",
       .enters_cluster = false,
       .run = run_backups},
      {.name = "rbac",
       .group = "Other",
       .summary = "Print the least role that the work needs",
       .arguments = "[look|delete|drain]",
       .most_arguments = 1,
       .description = "A Role for authentik's namespace, with the reason for each rule, and with --to a\n"
                      "RoleBinding; with -A those of the whole cluster. YAML for kubectl apply -f -. Looking and\n"
                      "deleting (the default) need the same of the cluster. Changes nothing.",
       .options = {{"to", 0, "SUBJECT", "bind it to user:NAME, group:NAME or serviceaccount:NAMESPACE/NAME", true},
                   {"name", 0, "NAME", "the role's name (default: kubectl-akqueue)"},
                   {"all-namespaces", 'A', "", "a ClusterRole: for every namespace, as status -A needs it"}},
       .examples = {{"rbac drain --to group:on-call", "what lets the people on call drain"},
                    {"rbac look", "what looking needs"},
                    {"rbac look -A --to group:on-call", "what lets them run status -A"}},
       .outputs = "yaml|json",
       .run = run_rbac},
      {.name = "completion",
       .group = "Other",
       .summary = "Let the shell complete what is typed, with live values",
       .arguments = "[install|uninstall|status]",
       .most_arguments = 1,
       .description = "install puts kubectl_complete-akqueue, through which kubectl (1.26 on) completes its plugin,\n"
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
       .run = run_completion},
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
       .options = {{"markdown", 0, "", "all commands as one page, as in docs/commands.md"}, {"man", 0, "", "the man page kubectl-akqueue(1), for man -l -"}},
       .examples = {{"help flush", "the same as flush --help"}, {"help --man", "everything at once; man -l - shows it"}},
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
    Option{"backup-file", 0, "FILE", "write the backup there, compressed if its name ends in .gz (default: under ~/.local/state/akqueue)"},
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

#include "commands/drain/commands.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <optional>

#include "commands/delete/delete.hpp"
#include "commands/delete/deletion_json.hpp"
#include "commands/delete/deletion_text.hpp"
#include "commands/delete/flush.hpp"
#include "commands/delete/refill.hpp"
#include "commands/drain/plan.hpp"
#include "commands/shared/filter_options.hpp"
#include "system/surroundings.hpp"
#include "ui/errors.hpp"
#include "ui/prompt.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr auto kUsualTimeout = std::chrono::seconds(120);
constexpr auto kMode = std::array<std::string_view, 2>{"resume", "cancel"};

constexpr std::array kOwn{
    Option{"timeout", 0, "DURATION", "how long to wait for pods to end, and to be Ready (default 120s)"},
    Option{"replicas", 0, "[DEPLOYMENT=]N",
           "scale back to this many instead of what was there (DEPLOYMENT=N where there are several)", true},
    Option{"keep-down", 0, "", "leave the workers at 0 afterwards, until drain --resume"},
    Option{"resume", 0, "", "finish a drain that was cut short, begun on any machine: delete, then scale back"},
    Option{"cancel", 0, "", "scale back what a drain has scaled down, delete nothing"},
};

/// Its own options, with those of flush and delete.
std::vector<Option> drain_options() {
  std::vector<Option> options(kOwn.begin(), kOwn.end());
  options.push_back({"follow-for", 0, "DURATION",
                     "afterwards, watch for this long whether the queue refills (default 1m; 0s: not at all)"});
  options.push_back({"only-queued", 0, "", "with flush: delete what waits, keep the history"});
  options.push_back({"all", 0, "", "with delete: no condition"});
  for (const Option& option : choosing_options()) options.push_back(option);
  return options;
}

/// The options given that choose tasks.
std::vector<Option> choosing_among(const Options& options) {
  std::vector<Option> choosing = drain_options();
  std::erase_if(choosing, [&](const Option& option) {
    const bool own = std::ranges::find(kOwn, option.name, &Option::name) != kOwn.end();
    return own || option.name == "follow-for" || !options.has(option.name);
  });
  return choosing;
}

/// The deletion as words, to be noted on the deployment: the arguments, and the options that choose tasks.
std::vector<std::string> words_of(const Options& options) {
  std::vector<std::string> words = options.arguments();
  if (words.empty()) words.emplace_back("flush");
  for (const Option& option : choosing_among(options)) {
    if (option.argument.empty()) words.push_back("--" + std::string(option.name));
    for (const std::string& value : option.argument.empty() ? std::vector<std::string>() : options.each(option.name))
      words.push_back("--" + std::string(option.name) + "=" + value);
  }
  return words;
}

DeletionRequest deletion_of(const Options& options) {
  const auto& words = options.arguments();
  const std::string command = words.empty() ? "flush" : words.front();
  const std::vector<std::string> rest(words.empty() ? words.end() : words.begin() + 1, words.end());
  DeletionRequest deleting;
  if (command == "flush") {
    if (rest.size() > 1)
      throw Error(ErrorCode::usage, "unexpected argument '" + rest[1] + "'", "drain flush takes one queue");
    for (const char* option : {"queue", "all", "filename"}) {
      if (options.has(option))
        throw Error(ErrorCode::usage, std::string("--") + option + " does not go with drain flush",
                    "kubectl akqueue drain delete takes it");
    }
    deleting = flush_orders(options, rest);
  } else if (command == "delete") {
    if (options.has("only-queued"))
      throw Error(
          ErrorCode::usage,
          "--only-queued does not go with drain delete, which deletes queued tasks alone unless --state says otherwise",
          "leave it out");
    deleting = delete_orders(options, rest);
  } else {
    throw Error(ErrorCode::usage, "drain runs a flush or a delete, not '" + command + "'",
                "kubectl akqueue drain flush " + command + "?");
  }
  deleting.drains = true;
  return deleting;
}

/// With --resume and --cancel nothing chooses tasks.
void check_only_ends(const Options& options) {
  const auto choosing = choosing_among(options);
  const std::string extra = !options.arguments().empty() ? "'" + options.arguments().front() + "'"
                            : !choosing.empty()          ? "--" + std::string(choosing.front().name)
                                                         : "";
  if (!extra.empty())
    throw Error(ErrorCode::usage, "what is deleted stands in the drain's note: " + extra + " is one too many",
                "leave it out");
  if (options.has("cancel") && options.has("keep-down"))
    throw Error(ErrorCode::usage, "--keep-down does not go with --cancel, which scales back", "leave out one of them");
}

std::string who() {
  const std::string user = user_name();
  return (user.empty() ? "somebody" : user) + "@" + host_name();
}

std::string time_now() {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  return format_timestamp(now.time_since_epoch().count() * kSecond);
}

/// --replicas N, or DEPLOYMENT=N.
void set_replicas(const Options& options, DrainPlan& plan) {
  for (const std::string& given : options.all("replicas")) {
    const auto equals = given.find('=');
    const std::string name = equals == std::string::npos ? "" : given.substr(0, equals);
    const std::string number = equals == std::string::npos ? given : given.substr(equals + 1);
    if (number.empty() || number.size() > 4 || number.find_first_not_of("0123456789") != std::string::npos) {
      throw Error(ErrorCode::usage, "--replicas: '" + given + "' is not a number of replicas",
                  "--replicas 3, or --replicas authentik-worker=3");
    }
    if (name.empty() && plan.drained.size() > 1)
      throw Error(ErrorCode::usage, "--replicas: there are several worker deployments",
                  "--replicas " + plan.drained.front().deployment.name + "=" + number);
    const auto one = std::ranges::find_if(
        plan.drained, [&](const DrainTarget& drained) { return name.empty() || drained.deployment.name == name; });
    if (one == plan.drained.end())
      throw Error(ErrorCode::not_found, "--replicas: no worker deployment " + name,
                  "the worker deployments: kubectl get deployments -l app.kubernetes.io/component=worker");
    one->back_to = std::stoi(number);
  }
}

Error no_workers(const Inventory& inventory, const Search& search) {
  if (std::ranges::find(inventory.refused, "deployments") != inventory.refused.end()) {
    return Error(ErrorCode::forbidden, "can't drain: these permissions don't allow to list deployments",
                 "docs/security.md has the role that draining needs");
  }
  return Error(ErrorCode::not_found, "no worker deployment in namespace " + search.name_space,
               "workers are known by the label app.kubernetes.io/component=worker; kubectl akqueue flush works without "
               "draining");
}

DrainPlan plan_of(const Invocation& invocation, const Inventory& inventory, const Search& search) {
  const Options& options = invocation.options;
  DrainPlan plan = make_plan(inventory);
  if (plan.drained.empty()) throw no_workers(inventory, search);
  plan.timeout = options.has("timeout") ? std::chrono::seconds(parse_duration(options.text("timeout"))) : kUsualTimeout;
  plan.keep_down = options.has("keep-down");
  plan.follow = plan.keep_down ? std::chrono::seconds(0) : follow_time(options, true);
  return plan;
}

Error unfinished(const DrainTarget& one) {
  return Error(
      ErrorCode::refused,
      "deployment/" + one.deployment.name + " is in a drain already, begun by " + one.note.by + " at " + one.note.at,
      "kubectl akqueue drain --resume finishes it; drain --cancel scales back and deletes nothing");
}

/// Takes up the notes that are there.
void take_up(DrainPlan& plan) {
  for (DrainTarget& one : plan.drained) {
    const auto note = drain_note_of(one.deployment);
    if (!note) continue;
    one.note = *note;
    one.down = true;
    one.back_to = note->replicas;
  }
}

/// Leaves the way back open, whatever happens: asks a person, and does it by itself where nobody can be asked, or where
/// it is not known whether there is anything to bring back.
void back_after_trouble(const Invocation& invocation, DrainSteps& draining) {
  Environment& environment = invocation.environment;
  const Interrupts::Afresh afresh(environment.interrupts);
  const bool known = draining.known_down();
  const bool ask = known && environment.terminal.in_is_terminal() && !invocation.machine_output();
  if (ask && !confirm(environment.terminal, environment.interrupts, "Scale " + draining.back_words() + " now?")) {
    environment.terminal.err(
        "the workers stay at 0; kubectl akqueue drain --resume goes on, drain --cancel only scales back\n");
    return;
  }
  try {
    draining.scale_back();
  } catch (const Error& error) {
    print_error(environment.terminal, error);
    environment.terminal.err(
        known ? "the workers are still at 0; kubectl akqueue drain --cancel scales them back, from any machine\n"
              : "whether the workers were scaled down is not known; if they were, kubectl akqueue drain --cancel "
                "scales them back, from any machine\n");
  }
}

/// No workers are left, and a server is entered. What ends it before that says of the tasks that they are there.
Site enter_without_workers(const Invocation& invocation, Cluster& cluster, const DrainPlan& plan,
                           DrainSteps& draining) {
  try {
    draining.scale_down();
    draining.wait_until_gone();
    // Minutes may have passed: a session that was open so long may have been cut by what stands between.
    return enter(invocation, cluster, look_around(invocation, cluster));
  } catch (const Error& error) {
    throw with_what_is_so(error, plan.resumed ? "nothing more was deleted" : "nothing was deleted");
  }
}

/// Deletes what was previewed. The exit status.
int delete_drained(const Invocation& invocation, const Site& site, const DeletionRequest& deleting,
                   const Preview& preview, DrainSteps& draining, Json& document) {
  Terminal& terminal = invocation.environment.terminal;
  const Deleted deleted = delete_previewed(invocation, site, deleting, preview, document["deletion"]);
  if (!invocation.machine_output()) terminal.out(deleted.text);
  if (deleted.result.failure && deleted.result.ending == Ending::failed) print_error(terminal, *deleted.result.failure);
  if (deleted.exit_status == 0) draining.note_deleted();
  return deleted.exit_status;
}

/// Back to what was there, Ready, and a look at what comes.
int bring_back(const Invocation& invocation, Cluster& cluster, const Preview& preview, const DrainPlan& plan,
               DrainSteps& draining, Json& document) {
  Environment& environment = invocation.environment;
  if (plan.keep_down) {
    environment.terminal.err("the workers stay at 0; kubectl akqueue drain --resume brings them back\n");
    return 0;
  }
  draining.scale_back();
  const bool ready = draining.wait_until_ready();
  document["ready"] = ready;
  const Site site = enter(invocation, cluster, look_around(invocation, cluster));
  if (preview.selection.as_of > 0) {
    const Refill aftermath = look_after(site, preview);
    document["aftermath"] = json_of(aftermath);
    if (!invocation.machine_output()) environment.terminal.out(describe(aftermath));
  }
  document["aftermath"]["follow"] = follow(invocation, cluster, site, plan.follow);
  return ready ? 0 : error_kind(ErrorCode::condition).exit_status;
}

/// The deed, once it is agreed to.
int carry_out(const Invocation& invocation, Cluster& cluster, const Inventory& inventory,
              const DeletionRequest& deleting, const Preview& preview, const DrainPlan& plan, Json& document) {
  Terminal& terminal = invocation.environment.terminal;
  std::vector<DrainTarget> to_drain;
  std::ranges::copy_if(plan.drained, std::back_inserter(to_drain),
                       [](const DrainTarget& one) { return one.down || one.deployment.replicas > 0; });
  DrainSteps draining(invocation, cluster, inventory.releases().front(), to_drain, plan.timeout);
  int status = 0;
  try {
    if (plan.deletes) {
      const Site site = enter_without_workers(invocation, cluster, plan, draining);
      status = delete_drained(invocation, site, deleting, preview, draining, document);
    }
    if (status == 0) status = bring_back(invocation, cluster, preview, plan, draining, document);
  } catch (const Error& error) {
    print_error(terminal, error);
    document["error"] = {{"code", error_kind(error.code()).name}, {"message", error.what()}};
    status = error_kind(error.code()).exit_status;
  }
  if (status != 0 && draining.any_down()) back_after_trouble(invocation, draining);
  document["still_down"] = draining.known_down() ? Json(true) : draining.any_down() ? Json() : Json(false);
  return status;
}

void finish(const Invocation& invocation, const Json& document) {
  if (invocation.machine_output()) invocation.environment.terminal.out(as_json(invocation, document));
}

int begin_drain(const Invocation& invocation, Cluster& cluster, const Inventory& inventory, DrainPlan plan) {
  Terminal& terminal = invocation.environment.terminal;
  const Options& options = invocation.options;
  for (const DrainTarget& one : plan.drained) {
    if (one.down) throw unfinished(one);
  }
  for (DrainTarget& one : plan.drained)
    one.note = {one.deployment.replicas, who(), time_now(), options.text("reason"), words_of(options)};
  set_replicas(options, plan);
  // What comes back is what the note says, if this command does not live to do it.
  for (DrainTarget& one : plan.drained) one.note.replicas = one.back_to;

  DeletionRequest deleting = deletion_of(options);
  read_manner(options, deleting);
  Preview preview;
  Json document = document_of("drain");
  {
    const Site site = enter(invocation, cluster, inventory);
    preview = prepare_deletion(invocation, site, deleting);
    plan.deletion = counted_headline(deleting, preview);
    document["plan"] = json_of(plan);
    document["deletion"] = document_of_deletion(invocation, site, deleting, preview);
    const bool nothing = preview.survey.total() == 0;
    if (nothing || deleting.dry_run) {
      if (!invocation.machine_output()) {
        terminal.out(nothing ? describe_nothing(preview)
                             : describe_dry_run(terminal, site, deleting, preview) + "\n" + describe(plan));
      }
      finish(invocation, document);
      return 0;
    }
    if (deleting.ask) {
      ask_to_delete(invocation, site, deleting, preview, "\n" + describe(plan));
    } else {
      terminal.err(describe(plan));
    }
  }
  const int status = carry_out(invocation, cluster, inventory, deleting, preview, plan, document);
  finish(invocation, document);
  return status;
}

/// The deletion that the note tells of, read again as options.
Options noted_options(const Invocation& invocation, const DrainNote& note) {
  try {
    return parse_command_line(options_of(invocation.command), note.deletion);
  } catch (const Error& error) {
    throw Error(ErrorCode::unsupported,
                std::string("the drain's note names a deletion that this version does not understand: ") + error.what(),
                "kubectl akqueue drain --cancel scales back; then delete by hand");
  }
}

int resume_drain(const Invocation& invocation, Cluster& cluster, const Inventory& inventory, DrainPlan plan) {
  Terminal& terminal = invocation.environment.terminal;
  const Options& options = invocation.options;
  const auto first = std::ranges::find_if(plan.drained, &DrainTarget::down);
  if (first == plan.drained.end())
    throw Error(ErrorCode::not_found, "no drain is unfinished in namespace " + cluster.search.name_space,
                "kubectl akqueue status tells of one");
  const DrainNote note = first->note;
  terminal.err("unfinished: a drain by " + visible(note.by) + " at " + visible(note.at) +
               (note.reason.empty() ? "" : ", " + visible(note.reason)) + "\n");
  plan.deletes = !note.deleted && !options.has("cancel");
  plan.resumed = true;

  Json document = document_of("drain");
  Preview preview;
  DeletionRequest deleting;
  std::optional<Site> site;
  if (plan.deletes) {
    deleting = deletion_of(noted_options(invocation, note));
    read_manner(options, deleting);
    deleting.otherwise = "nothing more was deleted";
    if (!options.has("reason")) deleting.keep.reason = note.reason;
    site = enter(invocation, cluster, inventory);
    preview = prepare_deletion(invocation, *site, deleting);
    plan.deletes = preview.survey.total() > 0;
    if (!plan.deletes) terminal.err(describe_nothing(preview));
    plan.deletion = counted_headline(deleting, preview);
    document["deletion"] = document_of_deletion(invocation, *site, deleting, preview);
  }
  // One that it had not come to is drained with the others, unless they only come back.
  if (!plan.deletes) std::erase_if(plan.drained, [](const DrainTarget& one) { return !one.down; });
  set_replicas(options, plan);
  for (DrainTarget& one : plan.drained) {
    if (!one.down) one.note = {one.back_to, who(), time_now(), note.reason, note.deletion};
  }

  document["plan"] = json_of(plan);
  if (options.has("dry-run")) {
    if (!invocation.machine_output()) terminal.out(describe(plan));
    finish(invocation, document);
    return 0;
  }
  if (options.has("yes")) {
    terminal.err(describe(plan));
  } else if (plan.deletes) {
    ask_to_delete(invocation, *site, deleting, preview, "\n" + describe(plan));
  } else {
    check_can_ask(terminal, invocation.machine_output());
    terminal.err(describe(plan));
    if (!confirm(terminal, invocation.environment.interrupts, "Go on?"))
      throw Error(ErrorCode::declined, "declined; nothing was changed");
  }
  site.reset();
  const int status = carry_out(invocation, cluster, inventory, deleting, preview, plan, document);
  finish(invocation, document);
  return status;
}

int run_drain(const Invocation& invocation) {
  const Options& options = invocation.options;
  const auto modes = std::ranges::count_if(kMode, [&](std::string_view mode) { return options.has(mode); });
  if (modes > 1) throw Error(ErrorCode::usage, "--resume does not go with --cancel", "leave out one of them");
  if (modes == 1) check_only_ends(options);
  if (modes == 0) deletion_of(options);  // wrong use is said before anything is asked
  Cluster cluster = open_cluster(invocation, true);
  const Inventory inventory = look_around(invocation, cluster, kWithAutoscalers);
  DrainPlan plan = plan_of(invocation, inventory, cluster.search);
  take_up(plan);
  return modes == 1 ? resume_drain(invocation, cluster, inventory, plan)
                    : begin_drain(invocation, cluster, inventory, plan);
}

}  // namespace

Command drain_command() {
  return {.name = "drain",
          .group = "Delete",
          .summary = "Scale the workers to 0, delete, scale back",
          .arguments = "[flush [QUEUE]|delete [ID...]]",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "Shows what will go and every step, asks, scales the release's worker deployments to 0,\n"
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
          .run = run_drain};
}

}  // namespace akqueue

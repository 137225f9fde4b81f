#include "akqueue/tasks.hpp"
#include "akqueue/time.hpp"
#include "commands/repair/canary.hpp"
#include "commands/repair/change_flow.hpp"
#include "commands/repair/commands.hpp"
#include "commands/repair/pace.hpp"
#include "commands/shared/filter_options.hpp"

namespace akqueue::commands {
namespace {

/// A whole state or queue is a condition; how many of them is none.
bool narrows(const queue::TaskChoice& choice) {
  queue::TaskChoice conditions = choice;
  conditions.keep_newest.reset();
  conditions.limit.reset();
  return !conditions.empty();
}

/// An error that is named chooses, and a look at all of them changes nothing.
bool is_about_errors(const Options& options) {
  return !options.each("error").empty() || (options.has("by-error") && !options.has("canary"));
}

queue::TaskChoice choice_to_retry(const Options& options) {
  queue::TaskChoice choice = read_choice(options);
  const bool waiting = options.has("waiting");
  const bool narrowed = narrows(choice);
  if (!narrowed && !options.has("all") && !is_about_errors(options))
    throw Error(ErrorCode::usage, "retry needs a condition, or --all",
                "kubectl akqueue retry --by-error shows what failed; then retry --error TEXT, or --actor NAME");
  if (narrowed && options.has("all"))
    throw Error(ErrorCode::usage, "--all can't be used with a condition", "leave out one of them");
  const bool by_state = options.has("state");
  if (waiting && by_state)
    throw Error(ErrorCode::usage, "--waiting can't be used with --state", "what waits for its next try is queued");
  if (!by_state && !choice.has_ids()) choice.states.emplace_back(waiting ? task_state::kQueued : task_state::kRejected);
  return choice;
}

void read_errors(const Options& options, ChangeRequest& request) {
  request.errors = options.each("error");
  request.by_error = options.has("by-error") || !request.errors.empty();
  for (const std::string& error : request.errors) {
    if (error.empty()) throw Error(ErrorCode::usage, "--error has an empty value", "retry --by-error shows the errors");
    const bool number = error.find_first_not_of("0123456789") == std::string::npos;
    if (number && !request.ask && !request.dry_run)
      throw Error(ErrorCode::usage,
                  "--error " + error + " can't be used with --yes: another error may have that number by now",
                  "name a part of its text");
  }
}

/// Without --yes a person sees it, and any that fails again is reason enough to stop.
void read_canary(const Options& options, ChangeRequest& request) {
  constexpr int kAnyAtAll = 1;
  constexpr int kHalf = 50;
  constexpr auto kCanaryTimeout = std::chrono::seconds(300);
  request.canary = static_cast<std::size_t>(options.number("canary", 1).value_or(0));
  for (const char* name : {"stop-at", "timeout"}) {
    if (options.has(name) && request.canary == 0)
      throw Error(ErrorCode::usage, "--" + std::string(name) + " needs --canary", "retry --canary 10 --stop-at 50%");
  }
  if (request.canary > 0 && request.change == queue::RowChange::hasten)
    throw Error(ErrorCode::usage, "--canary can't be used with --waiting", "leave out one of them");
  request.by_error = request.by_error || request.canary > 0;
  request.stop_at = request.ask ? kAnyAtAll : kHalf;
  if (const auto given = options.value("stop-at")) request.stop_at = parse_share(*given);
  request.timeout = kCanaryTimeout;
  if (const auto given = options.value("timeout")) request.timeout = std::chrono::seconds(parse_duration(*given));
  if (const auto given = options.value("rate")) request.per_second = parse_rate(*given);
}

int run_retry(const cli::Invocation& invocation) {
  const Options& options = invocation.options;
  ChangeRequest request;
  request.choice = choice_to_retry(options);
  request.change = options.has("waiting") ? queue::RowChange::hasten : queue::RowChange::retry;
  read_manner(options, invocation.command, request);
  read_errors(options, request);
  read_canary(options, request);
  request.with_dependents = options.has("with-dependents");
  return change_with_questions(invocation.environment, request);
}

}  // namespace

cli::Command retry_command() {
  return {.name = "retry",
          .group = "Repair",
          .summary = "Run tasks again that were rejected",
          .arguments = "[ID...]",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "Puts tasks back into the queue as the admin UI's button does, but all that the conditions\n"
              "select: without --state those that are rejected. Workers begin at once. Each task keeps the\n"
              "count of its retries: one that has used them up gets one more attempt. Says first which\n"
              "tasks, and which it leaves alone and why, and asks. Needs a condition, or --all.\n"
              "\n"
              "--by-error shows in which ways they failed (the last error of their log, ids and numbers\n"
              "folded); --error chooses among these. --follow tells what became of them: finished, failed\n"
              "again and how, or still waiting.\n"
              "--canary tries some of each error first, waits for what becomes of them, and goes on with\n"
              "the rest of those errors that did not come again.\n"
              "Where workers live, tasks go back as fast as these finish them, or at --rate: that is not to\n"
              "be the next flood.\n"
              "--waiting is for tasks that failed and wait for their next try: they are tried now.\n"
              "The former rows go to a record beside the backups; kubectl akqueue undo puts back what no\n"
              "worker has taken by then.",
          .effect = Effect::changes,
          .options = with_choosing(
              {{"all", 0, "", "no condition: every rejected task (every task with --state any)"},
               {"waiting", 0, "", "tasks that wait for their next try: try them now"},
               {"by-error", 0, "", "show in which ways they failed, with their shares"},
               {"error", 0, "N|TEXT", "only what failed so: its number, or a part of its text", true},
               {"with-dependents", 0, "", "take along what was rejected with these"},
               {"canary", 0, "N", "first N of each error; the rest where these don't fail so again"},
               {"stop-at", 0, "SHARE", "stop where this share fails so again (default 1%, with --yes 50%)"},
               {"timeout", 0, "DURATION", "how long to wait for these (default 5m)"},
               {"rate", 0, "RATE", "at this rate, not as fast as workers finish: 10/s, 300/m, 2000/h"},
               {"follow", 0, "", "afterwards, see for a minute what becomes of them"},
               {"follow-for", 0, "DURATION", "see for this long, at most"}},
              {"held", "holder", "orphaned", "expired"}),
          .examples = {{"retry --by-error", "what failed, in which ways"},
                       {"retry --actor ldap_sync --dry-run", "what would run again, and what is left alone"},
                       {"retry --error invalidCredentials --follow", "what failed so, and what becomes of it"},
                       {"retry --all --canary 10 --rate 10/s", "carefully: a few of each error first, then slowly"},
                       {"retry --waiting --actor outpost_controller", "do not wait for the next try"}},
          .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
          .run = run_retry};
}

}  // namespace akqueue::commands

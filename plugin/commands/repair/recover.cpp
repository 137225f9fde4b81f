#include "commands/delete/deletion_flow.hpp"
#include "commands/repair/change_flow.hpp"
#include "commands/repair/commands.hpp"
#include "commands/shared/filter_options.hpp"

namespace akqueue::commands {
namespace {

/// They are deleted with a backup, as delete --orphaned does.
int delete_orphans(const cli::Invocation& invocation, queue::TaskChoice choice) {
  DeletionRequest request;
  request.choice = std::move(choice);
  read_manner(invocation.options, invocation.command, request);
  request.keep.effect = Effect::destroys;
  return delete_with_questions(invocation.environment, request);
}

int run_recover(const cli::Invocation& invocation) {
  const Options& options = invocation.options;
  queue::TaskChoice choice = read_choice(options);
  choice.orphaned = true;
  const bool rejects = options.has("reject");
  const bool deletes = options.has("delete");
  if (rejects && deletes)
    throw Error(ErrorCode::usage, "--reject can't be used with --delete", "leave out one of them");
  if (deletes) return delete_orphans(invocation, std::move(choice));
  ChangeRequest request;
  request.choice = std::move(choice);
  request.change = rejects ? queue::RowChange::reject : queue::RowChange::requeue;
  read_manner(options, invocation.command, request);
  return change_with_questions(invocation.environment, request);
}

}  // namespace

cli::Command recover_command() {
  return {.name = "recover",
          .group = "Repair",
          .summary = "Put back what dead workers had taken",
          .arguments = "[ID...]",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "Tasks that a worker took and that nobody holds any more go back into the queue; the count\n"
              "of their attempts stays as it is. By the lock that a live worker has on each of its tasks,\n"
              "never by age: what a live worker holds, or is just ending, is left alone, and so is what is\n"
              "locked with no worker behind the lock. A worker takes such tasks by itself when it starts,\n"
              "or after 30 s without any new task, which a busy site never has.\n"
              "\n"
              "--reject gives them up instead, --delete deletes them, with a backup. Behind a connection\n"
              "pooler nobody can tell who holds what: it refuses there as long as workers live.",
          .effect = Effect::changes,
          .options = with_choosing({{"reject", 0, "", "reject them: no worker runs them until they are retried"},
                                    {"delete", 0, "", "delete them, with a backup"},
                                    {"follow", 0, "", "afterwards, see for a minute what becomes of them"},
                                    {"follow-for", 0, "DURATION", "see for this long, at most"}},
                                   {"held", "holder", "orphaned", "expired", "keep-newest"}),
          .examples = {{"recover --dry-run", "what dead workers had taken, since when, and whose it was"},
                       {"recover", "put it all back"},
                       {"recover --actor ldap_sync_page --reject", "give these up: they may be what killed the worker"},
                       {"recover --yes --follow", "put it back, and see what becomes of it"}},
          .outputs = "table|json|jsonl|yaml|jsonpath=|custom-columns=",
          .run = run_recover};
}

}  // namespace akqueue::commands

#include "commands/drain/flow.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "commands/delete/deletion_text.hpp"
#include "commands/drain/deed.hpp"
#include "session/connect_error.hpp"
#include "system/surroundings.hpp"
#include "ui/prompt.hpp"

namespace akqueue::commands {
namespace {

std::string time_now() {
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  return format_timestamp(now.time_since_epoch().count() * kSecond);
}

Error unfinished(const DrainTarget& one) {
  return Error(
      ErrorCode::refused,
      "deployment/" + one.deployment.name + " is in a drain already, begun by " + one.note.by + " at " + one.note.at,
      "kubectl akqueue drain --resume finishes it; drain --cancel scales back and deletes nothing");
}

int finish(const Drain& drain, int status) {
  const OutputFormat output = drain.request.deletion.output;
  if (is_json(output)) drain.environment.terminal.out(as_json(output, drain.document));
  return status;
}

/// Nothing but text: what a dry run, or a drain that has nothing to do, says. The exit status.
int only_say(const Drain& drain, const ui::Text& text) {
  if (!is_json(drain.request.deletion.output)) drain.environment.terminal.out(text);
  return finish(drain, 0);
}

/// What comes back is what the note says, if this command does not live to do it.
void write_notes(Drain& drain) {
  const DrainRequest& request = drain.request;
  for (const DrainTarget& one : drain.plan.drained) {
    if (one.down) throw unfinished(one);
  }
  set_replicas(request, drain.plan);
  for (DrainTarget& one : drain.plan.drained)
    one.note = {one.back_to, system::user_at_host(), time_now(), request.deletion.keep.reason, request.words};
}

/// Whether the workers can go down before anything is seen: a person can be asked, or has said --yes.
bool may_go_down_unseen(const Drain& drain) {
  const DeletionRequest& deletion = drain.request.deletion;
  const bool can_ask = drain.environment.terminal.in_is_terminal() && !is_json(deletion.output);
  return !deletion.dry_run && (!deletion.ask || can_ask);
}

/// For want of what the workers hold.
bool goes_down_unseen(Drain& drain, const Error& error) {
  ui::Terminal& terminal = drain.environment.terminal;
  drain.plan.deletion = "what goes is counted and shown then";
  terminal.err(ui::format_text("{}\nThe workers hold what a look needs: they can go down first.\n\n", error.what()) +
               describe(drain.plan));
  return !drain.request.deletion.ask || ui::confirm(terminal, drain.environment.interrupts,
                                                    "Scale the workers to 0 first, and ask what to delete then?");
}

/// Nothing where the workers have to go down before.
std::optional<Site> enter_and_preview(Drain& drain) {
  const bool may_go_down = may_go_down_unseen(drain);
  // Nobody waits for what may be free in a moment where there is another way.
  drain.cluster.tries = may_go_down ? 1 : Cluster::kTries;
  try {
    std::optional<Site> site = enter(drain.environment, drain.cluster, drain.inventory);
    preview_deletion(drain, *site);
    drain.cluster.tries = Cluster::kTries;
    return site;
  } catch (const Error& error) {
    if (!may_go_down || !session::workers_hold_it(error)) throw;
    if (!goes_down_unseen(drain, error)) throw Error(ErrorCode::declined, "declined; nothing was changed");
  }
  drain.cluster.tries = Cluster::kTries;
  drain.unseen = true;
  return std::nullopt;
}

int begin_drain(Drain& drain) {
  ui::Terminal& terminal = drain.environment.terminal;
  write_notes(drain);
  drain.document["plan"] = json_of(drain.plan);
  drain.deleting = drain.request.deletion;
  if (const std::optional<Site> entered = enter_and_preview(drain)) {
    const Site& site = *entered;
    if (drain.preview.going.total() == 0) return only_say(drain, describe_nothing(drain.preview));
    if (drain.deleting.dry_run)
      return only_say(drain,
                      describe_dry_run(terminal, site, drain.deleting, drain.preview) + "\n" + describe(drain.plan));
    if (drain.deleting.ask) {
      ask_to_delete(drain.environment, site, drain.deleting, drain.preview, "\n" + describe(drain.plan));
    } else {
      terminal.err(describe(drain.plan));
    }
  }
  return finish(drain, carry_out(drain));
}

/// The note of the drain that was cut short, told.
cluster::DrainNote note_to_resume(const Drain& drain) {
  const auto first = std::ranges::find_if(drain.plan.drained, &DrainTarget::down);
  if (first == drain.plan.drained.end())
    throw Error(ErrorCode::not_found, "no drain is unfinished in namespace " + drain.cluster.search.name_space,
                "kubectl akqueue status tells of one");
  const cluster::DrainNote& note = first->note;
  drain.environment.terminal.err(ui::format_text("unfinished: a drain by {} at {}", note.by, note.at) +
                                 (note.reason.empty() ? ui::Text("\n") : ui::format_text(", {}\n", note.reason)));
  return note;
}

/// What the note's deletion would take still; the workers only come back where that is nothing.
Site preview_rest(Drain& drain, const cluster::DrainNote& note) {
  drain.deleting = noted_deletion(drain.request, note);
  Site site = enter(drain.environment, drain.cluster, drain.inventory);
  preview_deletion(drain, site);
  drain.plan.deletes = drain.preview.going.total() > 0;
  if (!drain.plan.deletes) drain.environment.terminal.err(describe_nothing(drain.preview));
  return site;
}

/// `site`: there where something is to be deleted.
void ask_to_resume(const Drain& drain, const std::optional<Site>& site) {
  ui::Terminal& terminal = drain.environment.terminal;
  if (!drain.request.deletion.ask) {
    terminal.err(describe(drain.plan));
  } else if (drain.plan.deletes) {
    ask_to_delete(drain.environment, *site, drain.deleting, drain.preview, "\n" + describe(drain.plan));
  } else {
    ui::check_can_ask(terminal, is_json(drain.request.deletion.output), "nothing was changed");
    terminal.err(describe(drain.plan));
    if (!ui::confirm(terminal, drain.environment.interrupts, "Go on?"))
      throw Error(ErrorCode::declined, "declined; nothing was changed");
  }
}

int resume_drain(Drain& drain) {
  DrainPlan& plan = drain.plan;
  const cluster::DrainNote note = note_to_resume(drain);
  plan.deletes = !note.deleted && drain.request.mode == DrainRequest::Mode::resume;
  plan.resumed = true;
  std::optional<Site> site;
  if (plan.deletes) site = preview_rest(drain, note);
  // One that it had not come to is drained with the others, unless they only come back.
  if (!plan.deletes) std::erase_if(plan.drained, [](const DrainTarget& one) { return !one.down; });
  set_replicas(drain.request, plan);
  for (DrainTarget& one : plan.drained) {
    if (!one.down) one.note = {one.back_to, system::user_at_host(), time_now(), note.reason, note.deletion};
  }
  drain.document["plan"] = json_of(plan);
  if (drain.request.deletion.dry_run) return only_say(drain, describe(plan));
  ask_to_resume(drain, site);
  site.reset();
  return finish(drain, carry_out(drain));
}

}  // namespace

int drain_with_questions(const cli::Environment& environment, const DrainRequest& request) {
  Cluster cluster = open_cluster(environment, request.deletion.site);
  const cluster::Inventory inventory = look_around(environment, cluster, cluster::kWithAutoscalers);
  Drain drain{.environment = environment,
              .request = request,
              .cluster = cluster,
              .inventory = inventory,
              .plan = make_plan(request, inventory, cluster.search)};
  return request.mode == DrainRequest::Mode::begin ? begin_drain(drain) : resume_drain(drain);
}

}  // namespace akqueue::commands

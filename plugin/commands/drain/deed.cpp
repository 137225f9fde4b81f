#include "commands/drain/deed.hpp"

#include <algorithm>
#include <iterator>

#include "commands/delete/deletion_json.hpp"
#include "commands/delete/deletion_text.hpp"
#include "commands/delete/refill.hpp"
#include "ui/errors.hpp"
#include "ui/prompt.hpp"

namespace akqueue::commands {
namespace {

/// Leaves the way back open, whatever happens: asks a person, and does it by itself where nobody can be asked, or where
/// it is not known whether there is anything to bring back.
void back_after_trouble(const cli::Environment& environment, const OutputFormat& output, DrainSteps& draining) {
  const system::Interrupts::Afresh afresh(environment.interrupts);
  const bool known = draining.known_down();
  const bool ask = known && environment.terminal.in_is_terminal() && !is_json(output);
  if (ask && !ui::confirm(environment.terminal, environment.interrupts,
                          ui::format_text("Scale {} now?", draining.back_words()))) {
    environment.terminal.err(
        "the workers stay at 0; kubectl akqueue drain --resume goes on, drain --cancel only scales back\n");
    return;
  }
  try {
    draining.scale_back();
  } catch (const Error& error) {
    ui::print_error(environment.terminal, error);
    environment.terminal.err(
        known ? ui::Text(
                    "the workers are still at 0; kubectl akqueue drain --cancel scales them back, from any machine\n")
              : ui::Text(
                    "whether the workers were scaled down is not known; if they were, kubectl akqueue drain --cancel "
                    "scales them back, from any machine\n"));
  }
}

/// No workers are left, and a server is entered. What ends it before that says of the tasks that they are there.
Site enter_without_workers(const Drain& drain, DrainSteps& draining) {
  try {
    draining.scale_down();
    draining.wait_until_gone();
    // Minutes may have passed: a session that was open so long may have been cut by what stands between.
    return enter(drain.environment, drain.cluster, look_around(drain.environment, drain.cluster));
  } catch (const Error& error) {
    throw ui::with_what_is_so(error, drain.plan.resumed ? "nothing more was deleted" : "nothing was deleted");
  }
}

/// The look and the question, for which there was no way in before. False where there is nothing to delete.
bool agree_now(Drain& drain, Site& site) {
  ui::Terminal& terminal = drain.environment.terminal;
  preview_deletion(drain, site);
  if (drain.preview.going.total() == 0) {
    terminal.err(describe_nothing(drain.preview));
    return false;
  }
  if (!drain.deleting.ask) return true;
  ask_to_delete(drain.environment, site, drain.deleting, drain.preview);
  stay_entered(drain.environment, drain.request.deletion.site, site);
  return true;
}

/// Deletes what was previewed. The exit status.
int delete_drained(Drain& drain, DrainSteps& draining) {
  Site site = enter_without_workers(drain, draining);
  ui::Terminal& terminal = drain.environment.terminal;
  if (drain.unseen && !agree_now(drain, site)) {
    draining.note_deleted();
    return 0;
  }
  const Deleted deleted = delete_previewed(drain.environment, drain.cluster, site, drain.deleting, drain.preview,
                                           drain.document["deletion"]);
  if (!is_json(drain.request.deletion.output)) terminal.out(deleted.text);
  if (deleted.result.failure && deleted.result.ending == Ending::failed)
    ui::print_error(terminal, *deleted.result.failure);
  if (deleted.exit_status == 0) draining.note_deleted();
  return deleted.exit_status;
}

/// Back to what was there, Ready, and a look at what comes.
int bring_back(Drain& drain, DrainSteps& draining) {
  const cli::Environment& environment = drain.environment;
  const OutputFormat output = drain.request.deletion.output;
  if (drain.plan.keep_down) {
    environment.terminal.err("the workers stay at 0; kubectl akqueue drain --resume brings them back\n");
    return 0;
  }
  draining.scale_back();
  const bool ready = draining.wait_until_ready();
  drain.document["ready"] = ready;
  const Site site = enter(environment, drain.cluster, look_around(environment, drain.cluster));
  if (drain.preview.selection.as_of > 0) {
    const Refill refill = look_after(site, drain.preview);
    drain.document["aftermath"] = json_of(refill);
    if (!is_json(output)) environment.terminal.out(describe(refill));
  }
  follow(environment, drain.cluster, site, drain.plan.follow, output, drain.document["aftermath"]);
  return ready ? 0 : error_kind(ErrorCode::condition).exit_status;
}

}  // namespace

void preview_deletion(Drain& drain, const Site& site) {
  drain.preview = prepare_deletion(drain.environment, site, drain.deleting);
  drain.plan.deletion = counted_headline(drain.deleting, drain.preview);
  drain.document["deletion"] = document_of_deletion(site, drain.deleting, drain.preview);
}

int carry_out(Drain& drain) {
  std::vector<DrainTarget> to_drain;
  std::ranges::copy_if(drain.plan.drained, std::back_inserter(to_drain),
                       [](const DrainTarget& one) { return one.down || one.deployment.replicas > 0; });
  DrainSteps draining(drain.environment, drain.cluster, drain.inventory.releases().front(), to_drain,
                      drain.plan.timeout);
  int status = 0;
  try {
    if (drain.plan.deletes) status = delete_drained(drain, draining);
    if (status == 0) status = bring_back(drain, draining);
  } catch (const Error& error) {
    ui::print_error(drain.environment.terminal, error);
    drain.document["error"] = {{"code", error_kind(error.code()).name}, {"message", error.what()}};
    status = error_kind(error.code()).exit_status;
  }
  if (status != 0 && draining.any_down())
    back_after_trouble(drain.environment, drain.request.deletion.output, draining);
  drain.document["still_down"] = draining.known_down() ? Json(true) : draining.any_down() ? Json() : Json(false);
  return status;
}

}  // namespace akqueue::commands

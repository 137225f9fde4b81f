#include "commands/repair/change_deed.hpp"

#include <memory>

#include "akqueue/tasks.hpp"
#include "commands/repair/fate_watch.hpp"
#include "commands/repair/pace.hpp"
#include "commands/shared/batch_words.hpp"
#include "queue/measure/due.hpp"
#include "ui/progress.hpp"
#include "ui/prompt.hpp"

namespace akqueue::commands {
namespace {

/// As the preview saw who lives.
session::Database database_of(const Site& site, const ChangePreview& preview) {
  session::Database database = site.database();
  database.workers_gone = preview.workers_gone;
  return database;
}

class Deed {
 public:
  Deed(const cli::Environment& environment, Site& site, const ChangeRequest& request, const ChangePreview& preview,
       Recorder& recorder)
      : environment_(environment), site_(site), request_(request), preview_(preview), recorder_(recorder) {}

  ChangeDeed run() {
    if (request_.canary == 0) {
      pass(preview_.selection, preview_.verdicts.taken());
    } else {
      with_canary();
    }
    if (request_.with_dependents) take_along();
    return std::move(deed_);
  }

 private:
  void pass(const queue::Selection& selection, std::int64_t expected) {
    system::Interrupts& interrupts = environment_.interrupts;
    const system::Interrupts::Grace grace(interrupts);
    ui::ProgressLine line(environment_.terminal, environment_.clock);
    queue::Progress at{.expected = expected};
    std::unique_ptr<Pace> pace;
    const auto show = [&] {
      at.brake = pace->brake();
      line.update(at.deleted, at.expected, state_words(interrupts, at, doing()));
    };
    pace = make_pace(show);
    queue::ChangePlan plan;
    plan.selection = selection;
    plan.ways = preview_.ways;
    plan.expected = expected;
    plan.record = recorder_.sink();
    plan.stop = [&] { return interrupts.requested(); };
    plan.allow = [&](std::int64_t done, std::int64_t wanted) { return pace->allow(done, wanted); };
    plan.progress = [&](const queue::Progress& progress) {
      at = progress;
      show();
    };
    if (request_.follow.count() > 0)
      plan.changed = [&](const std::vector<Uuid>& ids) {
        deed_.changed.insert(deed_.changed.end(), ids.begin(), ids.end());
      };
    add(queue::change_tasks(database_of(site_, preview_), plan));
  }

  std::string doing() const { return request_.change == queue::RowChange::reject ? "rejecting" : "putting back"; }

  /// Where nobody works, nothing would ever go on.
  std::unique_ptr<Pace> make_pace(std::function<void()> held) const {
    if (request_.per_second) return pace_of_rate(environment_, *request_.per_second);
    if (request_.change == queue::RowChange::reject || !preview_.somebody_works) return no_pace();
    const auto waiting = [this] {
      const session::Transaction transaction(*site_.session, kLooking);
      return queue::count_due(site_.database(), transaction.now());
    };
    return pace_of_workers(environment_, waiting, std::move(held));
  }

  void add(queue::ChangeResult more) {
    queue::ChangeResult& sum = deed_.result;
    for (const auto& [key, tasks] : more.changed) sum.changed[key] += tasks;
    sum.log_rows += more.log_rows;
    sum.unreadable += more.unreadable;
    sum.locked += more.locked;
    sum.moved += more.moved;
    sum.counted = more.counted;
    sum.in_doubt += more.in_doubt;
    sum.batches += more.batches;
    sum.longest = std::max(sum.longest, more.longest);
    sum.took += more.took;
    sum.ending = more.ending;
    sum.failure = std::move(more.failure);
  }

  void pass_of(const std::vector<Uuid>& ids) {
    if (ids.empty()) return;
    queue::Selection some = preview_.selection;
    some.filter.ids = ids;
    pass(some, static_cast<std::int64_t>(ids.size()));
  }

  /// What was rejected with these waits for them again: each round takes one more link of a chain. What a canary
  /// stopped keeps what depends on it.
  void take_along() {
    queue::Selection along = preview_.selection;
    along.filter = {.states = {std::string(task_state::kRejected)}};
    along.last.reset();
    along.kept.clear();
    for (const Uuid& id : preview_.along) along.filter.ids.push_back(id);
    const queue::ChangeResult main = deed_.result;
    for (std::int64_t before = -1; !along.filter.ids.empty() && before < backup::total(deed_.result.changed) &&
                                   deed_.result.ending == Ending::complete;) {
      before = backup::total(deed_.result.changed);
      pass(along, 0);
    }
    // What a round leaves is taken by the next one, or depends on what stays.
    deed_.result.locked = main.locked;
    deed_.result.moved = main.moved;
  }

  void with_canary() {
    Canary& canary = deed_.canary.emplace(split_for_canary(preview_.errors, request_.canary));
    pass_of(canary.first());
    if (deed_.result.ending != Ending::complete || !see_or_say(canary)) return;
    if (canary.rest().empty() || !goes_on(canary)) return;
    pass_of(canary.rest());
  }

  /// What was changed so far is told, whatever happens while its fate is awaited.
  bool see_or_say(Canary& canary) {
    try {
      return see_what_becomes(canary);
    } catch (const Error& error) {
      deed_.result.ending = error.code() == ErrorCode::interrupted ? Ending::interrupted : Ending::failed;
      deed_.result.failure = error;
      for (CanaryGroup& group : canary.groups) group.goes_on = false;
      return false;
    }
  }

  /// False where the person ended it.
  bool see_what_becomes(Canary& canary) {
    const FateWatch watch = watch_fates(environment_, site_, canary.first(), request_.timeout);
    if (watch.interrupted) {
      deed_.result.ending = Ending::interrupted;
      return false;
    }
    const session::Transaction transaction(*site_.session, kLooking);
    for (CanaryGroup& group : canary.groups) {
      group.fates = queue::read_fates(site_.database(), group.first);
      judge_canary(group, request_.stop_at);
    }
    return true;
  }

  /// With --yes by the shares alone; otherwise the person says so.
  bool goes_on(Canary& canary) {
    if (!request_.ask) return true;
    ui::Terminal& terminal = environment_.terminal;
    terminal.err(describe_canary(terminal, canary));
    const auto rest = static_cast<std::int64_t>(canary.rest().size());
    try {
      ui::ask_yes(terminal, environment_.interrupts,
                  {ui::format_text("Go on with the other {}?", with_separators(rest)), "the others stay as they are"});
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) deed_.result.ending = Ending::interrupted;
      else if (error.code() != ErrorCode::declined) throw;
      for (CanaryGroup& group : canary.groups) group.goes_on = false;
      return false;
    }
    stay_entered(environment_, request_.site, site_);
    return true;
  }

  const cli::Environment& environment_;
  Site& site_;
  const ChangeRequest& request_;
  const ChangePreview& preview_;
  Recorder& recorder_;
  ChangeDeed deed_;
};

/// What the record could not take at its end does not undo the change, and must be said.
void end_record(Recorder& recorder, queue::ChangeResult& result) {
  try {
    recorder.finish(
        {.tasks = backup::total(result.changed), .other_rows = result.log_rows, .ending = ending_word(result.ending)});
  } catch (const Error& error) {
    if (!result.failure) result.failure = error;
    if (result.ending == Ending::complete) result.ending = Ending::failed;
  }
}

}  // namespace

ChangeDeed carry_out_change(const cli::Environment& environment, Site& site, const ChangeRequest& request,
                            const ChangePreview& preview, Recorder& recorder) {
  ChangeDeed deed = Deed(environment, site, request, preview, recorder).run();
  end_record(recorder, deed.result);
  return deed;
}

}  // namespace akqueue::commands

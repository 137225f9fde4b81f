#include "commands/delete/deletion_text.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "commands/delete/refill.hpp"
#include "commands/shared/other_rows_text.hpp"
#include "commands/shared/tally_table.hpp"
#include "queue/measure/heartbeats.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

ui::Text by_state_words(const std::map<std::string, std::int64_t>& states) {
  std::vector<ui::Text> words;
  for (const auto& [state, tasks] : states) words.push_back(ui::format_text("{} {}", with_separators(tasks), state));
  return ui::joined(words);
}

ui::Text actors_table(const ui::Terminal& terminal, const queue::SelectionCounts& counts) {
  ui::Listing listing({{"ACTOR", false, true}, {"TASKS", true}, {"SHARE", true}});
  const auto actors = counts.by_actor();
  std::int64_t rest = 0;
  for (std::size_t i = 0; i < actors.size(); ++i) {
    if (i >= kActorsShown) {
      rest += actors[i].second;
    } else {
      listing.add(
          {actors[i].first, with_separators(actors[i].second), ui::format_share(actors[i].second, counts.total())});
    }
  }
  if (rest > 0)
    listing.add(
        {"(" + count_of(static_cast<std::int64_t>(actors.size() - kActorsShown), "more actor", "more actors") + ")",
         with_separators(rest), ui::format_share(rest, counts.total())});
  return listing.draw(terminal);
}

/// Locked, and no worker has given a sign of life; but where their pods are, one may come up again.
ui::Text stranded_note(const DeletionRequest& deleting, std::int64_t tasks) {
  const ui::Text locked =
      ui::format_text("{}, though no worker has given a sign of life for {}",
                      count_of(tasks, "task is locked", "tasks are locked"), format_age(queue::kAliveSeconds));
  if (deleting.drains) return ui::format_text("{}: once the workers' pods are gone they go too\n", locked);
  if (deleting.include_held) return ui::format_text("{}, and will be deleted too\n", locked);
  return ui::format_text(
      "{}: they are left alone while there are pods of workers, and are not counted above\n"
      "  (kubectl akqueue drain ends these first; --include-running takes such tasks now)\n",
      locked);
}

ui::Text held_note(const Site& site, const DeletionRequest& deleting, const Preview& preview) {
  if (site.facts.standby) return "a standby can't tell which of them live workers hold\n";
  const std::int64_t held = preview.counts.held();
  if (held == 0) return {};
  if (preview.nobody_lives) return stranded_note(deleting, held);
  const std::string tasks = count_of(held, "task is held by a live worker", "tasks are held by live workers");
  if (deleting.drains) return ui::format_text("{}: what these have not finished when they end goes too\n", tasks);
  if (deleting.include_held)
    return ui::format_text("{} and will be deleted too: a worker may insert what it runs again\n", tasks);
  return ui::format_text("{} and will be left alone: not counted above\n", tasks);
}

/// Waiting tasks, and what they wait for.
ui::Text dependents_note(const queue::DependentCounts& counts) {
  if (counts.left > 0) {
    const bool one = counts.left == 1;
    return ui::format_text(
        "{} outside the selection {} for these: {} would run without them\n"
        "  (--with-dependents takes {} along, --keep-dependencies keeps what {})\n",
        count_of(counts.left, "waiting task", "waiting tasks"), one ? "waits" : "wait", one ? "it" : "they",
        one ? "it" : "them", one ? "it waits for" : "they wait for");
  }
  if (counts.along > 0)
    return ui::format_text("{} for the others, and {} along\n",
                           count_of(counts.along, "of these waits", "of these wait"),
                           counts.along == 1 ? "goes" : "go");
  if (counts.kept > 0)
    return ui::format_text("{} left alone: waiting tasks outside the selection depend on {}\n",
                           count_of(counts.kept, "task is", "tasks are"), counts.kept == 1 ? "it" : "them");
  return {};
}

ui::Text duplicates_note(const Preview& preview) {
  if (!preview.duplicates) return {};
  ui::Text note = "alike: same tenant, queue, actor, uid and object; without a uid the same arguments too\n";
  if (preview.duplicates->compared > 0)
    note += ui::format_text(
        "  ({} without a uid compared by the arguments in their messages{})\n",
        count_of(preview.duplicates->compared, "task", "tasks"),
        preview.duplicates->unreadable == 0
            ? ui::Text()
            : ui::format_text("; {} can't be read, and stay", with_separators(preview.duplicates->unreadable)));
  return note;
}

ui::Text schedule_notes(const Preview& preview) {
  ui::Text notes;
  for (const queue::Schedule& schedule : preview.schedules) {
    notes += ui::format_text("a schedule makes {} again", schedule.actor);
    if (schedule.next_run) {
      const std::int64_t seconds = (*schedule.next_run - preview.selection.as_of) / kSecond;
      notes += seconds > 0 ? ui::format_text(", next in {}", format_age(seconds)) : ", it is due now";
    }
    notes += "\n";
  }
  return notes;
}

/// What comes after the table: can it be had back?
ui::Text backup_note(const ui::Terminal& terminal, const Preview& preview) {
  if (!preview.backup.wanted) return terminal.warning("No backup is written: there is no undo.") + "\n";
  return ui::format_text("backup: about {} in {}\n", ui::format_size(preview.backup.expected_bytes),
                         preview.backup.path);
}

ui::Text body(const ui::Terminal& terminal, const Site& site, const DeletionRequest& deleting, const Preview& preview) {
  ui::Text text = actors_table(terminal, preview.going) + "\n";
  if (!deleting.whole_queue.empty()) text += ui::format_text("queues: {}\n", joined(preview.selection.filter.queues));
  text += ui::format_text("by state: {}\n", by_state_words(preview.going.by_state()));
  if (const std::int64_t ahead = preview.counts.ahead_of(preview.selection.as_of); ahead > 0) text += clock_note(ahead);
  text += duplicates_note(preview) + held_note(site, deleting, preview) + dependents_note(preview.dependents) +
          schedule_notes(preview);
  if (preview.sources) text += describe_sources(terminal, *preview.sources);
  if (takes_outpost_updates(preview.going))
    text += "outposts miss the updates that go: they may need a manual trigger\n";
  return text + ui::format_text("{}, database {}\n", site.where(), site.facts.database);
}

std::string left_words(const Preview& preview, const queue::DeletionResult& result) {
  std::vector<std::string> words;
  const auto add = [&](std::int64_t count, const std::string& why) {
    if (count > 0) words.push_back(with_separators(count) + " " + why);
  };
  add(result.held, preview.nobody_lives ? "locked, with no worker behind the lock (kubectl akqueue drain takes them)"
                                        : "held by live workers");
  add(result.awaited, "that waiting tasks depend on");
  add(result.locked, "locked by other transactions");
  add(result.arrived, preview.workers_end ? "came or changed after the preview, or were put back by workers that ended"
                                          : "came or changed after the preview");
  return joined(words);
}

}  // namespace

ui::Text clock_note(std::int64_t ahead_s) {
  return ui::format_text(
      "clocks: some of these tasks carry times up to {} ahead of the database's clock; they are counted as well\n",
      format_age(ahead_s));
}

std::string headline_of(const DeletionRequest& deleting, const Preview& preview) {
  const std::string what = deleting.whole_queue.empty()
                               ? (queue::is_unconditional(preview.selection.filter) ? "all " : "") +
                                     queue::in_words(preview.selection.filter)
                               : "queue " + deleting.whole_queue + " and all of its history";
  switch (deleting.dependents) {
    case queue::Dependents::along: return what + ", with the tasks that wait for these";
    case queue::Dependents::kept: return what + ", except those that waiting tasks depend on";
    case queue::Dependents::left: break;
  }
  return what;
}

ui::Text counted_headline(const DeletionRequest& deleting, const Preview& preview) {
  const std::string count = count_of(preview.going.total(), "task", "tasks");
  const std::string what = headline_of(deleting, preview);
  return deleting.whole_queue.empty() ? ui::format_text("{}: {}", count, what) : ui::format_text("{}: {}", what, count);
}

ui::Text describe_preview(const ui::Terminal& terminal, const Site& site, const DeletionRequest& deleting,
                          const Preview& preview) {
  return terminal.warning(ui::format_text("This deletes {}.", counted_headline(deleting, preview))) + "\n\n" +
         body(terminal, site, deleting, preview) + backup_note(terminal, preview);
}

ui::Text describe_dry_run(const ui::Terminal& terminal, const Site& site, const DeletionRequest& deleting,
                          const Preview& preview) {
  ui::Listing listing({{"ID"}, {"ACTOR", false, true}, {"STATE"}, {"AGE", true}});
  for (const Preview::Sample& sample : preview.samples) {
    listing.add({sample.id, sample.actor, sample.state,
                 sample.changed ? format_age((preview.selection.as_of - *sample.changed) / kSecond) : ""});
  }
  return ui::format_text("would delete {} (dry run)\n\n{}\nsome of them:\n{}", counted_headline(deleting, preview),
                         body(terminal, site, deleting, preview), listing.draw(terminal));
}

ui::Text describe_nothing(const Preview& preview) {
  if (preview.dependents.kept > 0) return dependents_note(preview.dependents) + "nothing was deleted\n";
  if (const std::int64_t held = preview.counts.held(); held > 0) {
    return ui::format_text("{} {} and left alone: nothing else to delete\n", count_of(held, "task is", "tasks are"),
                           preview.nobody_lives ? "locked, with no worker behind the lock," : "held by live workers");
  }
  return ui::format_text("no {}: nothing to delete\n", queue::in_words(preview.selection.filter));
}

ui::Text describe_result(const ui::Terminal& terminal, const Preview& preview, const queue::DeletionResult& result,
                         const Recorder& recorder) {
  ui::Text text = draw_tally(terminal, result.deleted, "DELETED");
  if (!text.empty()) text += "\n";
  const std::int64_t deleted = backup::total(result.deleted);
  text += ui::format_text("before {}, deleted {}, after {}\n", with_separators(preview.counts.total()),
                          with_separators(deleted), result.counted ? with_separators(result.remaining) : "not counted");
  const std::int64_t others = preview.counts.total() - deleted - result.remaining;
  if (result.counted && result.arrived == 0 && others > 0)
    text += ui::format_text("meanwhile {} taken or finished by workers, or deleted by others\n",
                            count_of(others, "task was", "tasks were"));
  const std::string left = left_words(preview, result);
  if (!left.empty()) text += ui::format_text("left alone: {}\n", left);
  if (result.in_doubt > 0) {
    text += ui::format_text("in doubt: {}, whose commit was never confirmed; run it again to see\n",
                            count_of(result.in_doubt, "task", "tasks"));
  }
  if (const std::int64_t lost = preview.dependents.left; lost > 0 && deleted > 0)
    text += ui::format_text("{} outside the selection waited for these, and may run without them\n",
                            count_of(lost, "waiting task", "waiting tasks"));
  text += ui::format_text("deleted {} in {}: {}\n", tasks_and_rows(deleted, result.other_rows),
                          ui::format_took(result.took.count()), ending_word(result.ending));
  if (result.held_back >= std::chrono::seconds(1))
    text += ui::format_text("of that {}, {} in all\n", result.held_back_by, ui::format_took(result.held_back.count()));
  if (!recorder.path().empty()) {
    text += ui::format_text("backup: {} ({}); kubectl akqueue undo brings them back\n", recorder.path(),
                            ui::format_size(recorder.bytes()));
  } else if (deleted > 0) {
    text += "no backup was written: there is no undo\n";
  }
  if (!preview.stopped.schedules.empty())
    text += ui::format_text("paused first: {}; undo lets them go on with it, kubectl akqueue undo {} without it\n",
                            joined(preview.stopped.schedules), preview.stopped.id);
  if (const std::string& reason = preview.entry.reason; !reason.empty())
    text += ui::format_text("reason: {}\n", reason);
  return text;
}

}  // namespace akqueue::commands

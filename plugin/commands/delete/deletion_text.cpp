#include "commands/delete/deletion_text.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "commands/delete/refill.hpp"
#include "commands/shared/tally_table.hpp"
#include "ui/listing.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

std::string by_state_words(const std::map<std::string, std::int64_t>& states) {
  std::string words;
  for (const auto& [state, tasks] : states)
    words += (words.empty() ? "" : ", ") + with_separators(tasks) + " " + visible(state);
  return words;
}

std::string actors_table(const Terminal& terminal, const SelectionCounts& survey) {
  Listing listing({{"ACTOR", false, true}, {"TASKS", true}, {"SHARE", true}});
  const auto actors = survey.by_actor();
  std::int64_t rest = 0;
  for (std::size_t i = 0; i < actors.size(); ++i) {
    if (i >= kActorsShown) {
      rest += actors[i].second;
    } else {
      listing.add({actors[i].first, with_separators(actors[i].second), format_share(actors[i].second, survey.total())});
    }
  }
  if (rest > 0)
    listing.add({"(" + std::to_string(actors.size() - kActorsShown) + " more actors)", with_separators(rest),
                 format_share(rest, survey.total())});
  return listing.draw(terminal);
}

std::string held_note(const Site& site, const DeletionRequest& deleting, const Preview& preview) {
  if (site.facts.standby) return "which of them live workers hold can't be told on a standby\n";
  const std::int64_t held = preview.survey.held();
  if (held == 0) return {};
  const std::string tasks = count_of(held, "task is held by a live worker", "tasks are held by live workers");
  if (deleting.drains) return tasks + ": what these have not finished when they end goes too\n";
  if (deleting.include_held) return tasks + " and will be deleted too: a worker may insert what it runs again\n";
  return tasks + " and will be left alone\n";
}

std::string schedule_notes(const Preview& preview) {
  std::string notes;
  for (const Schedule& schedule : preview.schedules) {
    notes += "a schedule makes " + visible(schedule.actor) + " again";
    if (schedule.next_run) {
      const std::int64_t seconds = (*schedule.next_run - preview.selection.as_of) / kSecond;
      notes += seconds > 0 ? ", next in " + format_age(seconds) : ", it is due now";
    }
    notes += "\n";
  }
  return notes;
}

/// What comes after the table: can it be had back?
std::string backup_note(const Terminal& terminal, const Preview& preview) {
  if (!preview.backup.wanted) return terminal.warning("No backup is written: there is no undo.") + "\n";
  return "backup: about " + format_size(preview.backup.expected_bytes) + " in " + visible(preview.backup.path) + "\n";
}

std::string body(const Terminal& terminal, const Site& site, const DeletionRequest& deleting, const Preview& preview) {
  std::string text = actors_table(terminal, preview.survey) + "\n";
  if (!deleting.whole_queue.empty()) text += "queues: " + visible(joined(preview.selection.filter.queues)) + "\n";
  text += "by state: " + by_state_words(preview.survey.by_state()) + "\n";
  if (const std::int64_t ahead = preview.survey.ahead_of(preview.selection.as_of); ahead > 0) text += clock_note(ahead);
  text += held_note(site, deleting, preview) + schedule_notes(preview) +
          (takes_outpost_updates(preview.survey) ? "outposts miss the updates that go: they may need a manual trigger\n"
                                                 : "");
  return text + site.where() + ", database " + visible(site.facts.database) + "\n";
}

std::string left_words(const DeletionResult& result) {
  std::string words;
  const auto add = [&](std::int64_t count, const std::string& why) {
    if (count > 0) words += (words.empty() ? "" : ", ") + with_separators(count) + " " + why;
  };
  add(result.held, "held by live workers");
  add(result.locked, "locked by other transactions");
  add(result.arrived, "came or changed after the preview");
  return words;
}

}  // namespace

std::string clock_note(std::int64_t ahead_s) {
  return "clocks: some of these tasks carry times up to " + format_age(ahead_s) +
         " ahead of the database's clock; they are counted as well\n";
}

std::string headline_of(const DeletionRequest& deleting, const Preview& preview) {
  if (deleting.whole_queue.empty()) return in_words(preview.selection.filter);
  return "queue " + deleting.whole_queue + " and all of its history";
}

std::string counted_headline(const DeletionRequest& deleting, const Preview& preview) {
  const std::string count = count_of(preview.survey.total(), "task", "tasks");
  const std::string what = visible(headline_of(deleting, preview));
  return deleting.whole_queue.empty() ? count + ": " + what : what + ": " + count;
}

std::string describe_preview(const Terminal& terminal, const Site& site, const DeletionRequest& deleting,
                             const Preview& preview) {
  return terminal.warning("This deletes " + counted_headline(deleting, preview) + ".") + "\n\n" +
         body(terminal, site, deleting, preview) + backup_note(terminal, preview);
}

std::string describe_dry_run(const Terminal& terminal, const Site& site, const DeletionRequest& deleting,
                             const Preview& preview) {
  std::string text = "would delete " + counted_headline(deleting, preview) + " (dry run)\n\n" +
                     body(terminal, site, deleting, preview) + "\n";
  Listing listing({{"ID"}, {"ACTOR", false, true}, {"STATE"}, {"AGE", true}});
  for (const Preview::Sample& sample : preview.samples) {
    listing.add({sample.id, sample.actor, sample.state,
                 sample.changed ? format_age((preview.selection.as_of - *sample.changed) / kSecond) : ""});
  }
  return text + "some of them:\n" + listing.draw(terminal);
}

std::string describe_nothing(const Preview& preview) {
  return "no " + visible(in_words(preview.selection.filter)) + ": nothing to delete\n";
}

std::string describe_result(const Invocation& invocation, const Preview& preview, const DeletionResult& result,
                            const Recorder& recorder) {
  std::string text = draw_tally(invocation.environment.terminal, result.deleted, "DELETED");
  if (!text.empty()) text += "\n";
  const std::int64_t deleted = total(result.deleted);
  text += "before " + with_separators(preview.survey.total()) + ", deleted " + with_separators(deleted);
  text += result.counted ? ", after " + with_separators(result.remaining) + "\n" : ", after not counted\n";
  const std::string left = left_words(result);
  if (!left.empty()) text += "left alone: " + left + "\n";
  if (result.in_doubt > 0) {
    text += "in doubt: " + count_of(result.in_doubt, "task", "tasks") +
            " of the last batch, whose commit was never confirmed; run it again to see\n";
  }
  text += "deleted " + count_of(deleted, "task", "tasks") + " and " +
          count_of(result.other_rows, "log row", "log rows") + " in " + format_took(result.took.count()) + ": " +
          ending_word(result.ending) + "\n";
  if (!recorder.path().empty()) {
    text += "backup: " + visible(recorder.path()) + " (" + format_size(recorder.bytes()) +
            "); kubectl akqueue undo brings them back\n";
  } else if (deleted > 0) {
    text += "no backup was written: there is no undo\n";
  }
  if (const std::string& reason = preview.entry.reason; !reason.empty()) text += "reason: " + visible(reason) + "\n";
  return text;
}

}  // namespace akqueue

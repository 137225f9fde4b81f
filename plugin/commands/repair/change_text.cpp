#include "commands/repair/change_text.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include "commands/repair/pace.hpp"
#include "commands/repair/verdict_words.hpp"
#include "commands/shared/batch_words.hpp"
#include "commands/shared/tally_table.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

/// Tasks that are left alone for one reason, in one state.
using LeftAlone = std::map<std::pair<std::string, std::string>, std::int64_t>;

backup::Tally taken_of(const queue::Verdicts& verdicts) {
  backup::Tally tally;
  for (const queue::VerdictGroup& group : verdicts.groups) {
    if (group.verdict == queue::verdict::kTaken) tally[{group.state, group.actor}] += group.tasks;
  }
  return tally;
}

LeftAlone left_of(const queue::Verdicts& verdicts) {
  LeftAlone left;
  for (const queue::VerdictGroup& group : verdicts.groups) {
    if (group.verdict != queue::verdict::kTaken) left[{group.verdict, group.state}] += group.tasks;
  }
  return left;
}

void add_found(LeftAlone& left, const queue::ChangeResult& result) {
  const auto add = [&](std::string_view verdict, std::int64_t tasks) {
    if (tasks > 0) left[{std::string(verdict), ""}] += tasks;
  };
  add(queue::verdict::kUnreadable, result.unreadable);
  add(queue::verdict::kLocked, result.locked);
  add(queue::verdict::kChanged, result.moved);
}

ui::Text draw_left(const ui::Terminal& terminal, const LeftAlone& left, queue::RowChange change) {
  if (left.empty()) return {};
  ui::Listing listing({{"LEFT-ALONE", true}, {"STATE"}, {"WHY", false, false, false, true}});
  for (const auto& [key, tasks] : left)
    listing.add({with_separators(tasks), key.second, verdict_words(key.first, change)});
  return listing.draw_aside(terminal) + "\n";
}

std::string header_word(std::string_view word) {
  std::string text(word);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

/// `300 tasks now: rejected tasks of …`
ui::Text counted_tasks(const ChangeRequest& request, const ChangePreview& preview) {
  return ui::format_text("{}{}: {}", count_of(preview.verdicts.taken(), "task", "tasks"),
                         change_words(request.change).after, preview.what);
}

ui::Text pace_of(const ChangeRequest& request, const ChangePreview& preview) {
  if (request.per_second || !preview.somebody_works || preview.verdicts.taken() <= kPutBackAtOnce) return {};
  return "they go back as fast as workers finish them, so that what waits does not grow (--rate: at a rate)\n";
}

/// What workers do with them then.
ui::Text outlook(const ChangeRequest& request, const ChangePreview& preview) {
  if (preview.verdicts.taken() == 0) return {};
  const ui::Text orphans = preview.orphans ? describe_orphans(*preview.orphans, preview.selection.as_of) : ui::Text();
  switch (request.change) {
    case queue::RowChange::requeue:
      return orphans + "workers begin at once; the count of attempts stays as it is\n" + pace_of(request, preview);
    case queue::RowChange::reject: return orphans + "no worker runs them until they are retried\n";
    case queue::RowChange::retry:
    case queue::RowChange::hasten: break;
  }
  return "workers begin at once; one whose retries are used up gets one attempt\n" + pace_of(request, preview);
}

/// Tasks that were rejected with these.
ui::Text dependents_of(const ChangeRequest& request, const ChangePreview& preview) {
  const auto tasks = static_cast<std::int64_t>(preview.along.size());
  if (tasks == 0) return {};
  if (request.with_dependents)
    return ui::format_text("{} with them, because {} on them, and {} along: first they wait for these\n",
                           count_of(tasks, "task was rejected", "tasks were rejected"),
                           tasks == 1 ? "it depends" : "they depend", tasks == 1 ? "comes" : "come");
  return ui::format_text("{} with them, because {} on them, and {} so (--with-dependents takes them along)\n",
                         count_of(tasks, "task was rejected", "tasks were rejected"),
                         tasks == 1 ? "it depends" : "they depend", tasks == 1 ? "stays" : "stay");
}

ui::Text change_body(const ui::Terminal& terminal, const Site& site, const ChangeRequest& request,
                     const ChangePreview& preview) {
  const ui::Text errors = preview.errors.any() ? draw_errors(terminal, preview.errors, true) + "\n" : ui::Text();
  return draw_tally(terminal, taken_of(preview.verdicts), "TASKS") + "\n" + errors +
         draw_left(terminal, left_of(preview.verdicts), request.change) + outlook(request, preview) +
         dependents_of(request, preview) + ui::format_text("{}, database {}\n", site.where(), site.facts.database);
}

}  // namespace

ui::Text describe_change(const ui::Terminal& terminal, const Site& site, const ChangeRequest& request,
                         const ChangePreview& preview) {
  return terminal.strong(
             ui::format_text("This {} {}.", change_words(request.change).third, counted_tasks(request, preview))) +
         "\n\n" + change_body(terminal, site, request, preview) +
         ui::format_text("record of the former rows: about {} in {}\n", ui::format_size(preview.record.expected_bytes),
                         preview.record.path);
}

ui::Text describe_dry_run(const ui::Terminal& terminal, const Site& site, const ChangeRequest& request,
                          const ChangePreview& preview) {
  return ui::format_text("would {} {} (dry run)\n\n{}", change_words(request.change).verb,
                         counted_tasks(request, preview), change_body(terminal, site, request, preview));
}

ui::Text describe_no_change(const ui::Terminal& terminal, const ChangeRequest& request, const ChangePreview& preview) {
  const ui::Text left = draw_left(terminal, left_of(preview.verdicts), request.change);
  return left + ui::format_text("{}: nothing to {}\n",
                                left.empty() ? ui::format_text("no {}", preview.what) : ui::Text("all are left alone"),
                                change_words(request.change).verb);
}

ui::Text describe_changed(const ui::Terminal& terminal, const ChangeRequest& request, const ChangePreview& preview,
                          const ChangeDeed& deed, const Recorder& recorder) {
  const queue::ChangeResult& result = deed.result;
  const ChangeWords words = change_words(request.change);
  ui::Text text = draw_tally(terminal, result.changed, header_word(words.past));
  if (!text.empty()) text += "\n";
  LeftAlone left = left_of(preview.verdicts);
  add_found(left, result);
  if (deed.canary && deed.canary->stopped() > 0) left[{"canary", ""}] += deed.canary->stopped();
  if (deed.canary) text += describe_canary(terminal, *deed.canary) + "\n";
  text += draw_left(terminal, left, request.change);
  if (result.in_doubt > 0)
    text += ui::format_text("in doubt: {} of the last batch, whose commit was never confirmed; run it again to see\n",
                            count_of(result.in_doubt, "task", "tasks"));
  text += ui::format_text("{} {} in {}: {}\n", words.past, count_of(backup::total(result.changed), "task", "tasks"),
                          ui::format_took(result.took.count()), ending_word(result.ending));
  if (!recorder.path().empty())
    text += ui::format_text(
        "record: {} ({})\nkubectl akqueue undo takes it back, as far as no worker has taken them by then\n",
        recorder.path(), ui::format_size(recorder.bytes()));
  if (const std::string& reason = preview.entry.reason; !reason.empty())
    text += ui::format_text("reason: {}\n", reason);
  return text;
}

Json document_of_change(const Site& site, const ChangeRequest& request, const ChangePreview& preview) {
  Json document = document_of("change");
  document["command"] = request.keep.command;
  document["change"] = queue::row_change_name(request.change);
  document["dry_run"] = request.dry_run;
  if (!request.keep.reason.empty()) document["reason"] = request.keep.reason;
  document["site"] = site.to_json();
  document["filter"] = queue::json_of_filter(preview.filter);
  document["filter"]["words"] = queue::in_words(preview.filter) + preview.failed_with;
  document["filter"]["as_of"] = format_timestamp(preview.selection.as_of);
  if (preview.orphans) document["orphans"] = json_of_orphans(*preview.orphans);
  if (request.by_error) document["errors"] = json_of_errors(preview.errors);
  document["preview"] = {{"tasks", preview.verdicts.total()},
                         {"going", preview.verdicts.taken()},
                         {"dependents", preview.along.size()},
                         {"groups", Json::array()},
                         {"left", Json::array()}};
  for (const queue::VerdictGroup& group : preview.verdicts.groups) {
    Json row{{"actor", group.actor}, {"state", group.state}, {"tasks", group.tasks}};
    const bool taken = group.verdict == queue::verdict::kTaken;
    if (!taken) {
      row["why"] = group.verdict;
      row["words"] = verdict_words(group.verdict, request.change);
    }
    document["preview"][taken ? "groups" : "left"].push_back(std::move(row));
  }
  return document;
}

void add_result(Json& document, const ChangeDeed& deed, const Recorder& recorder) {
  const queue::ChangeResult& result = deed.result;
  if (deed.canary) document["canary"] = json_of_canary(*deed.canary);
  Json& outcome = document["result"];
  outcome["changed"] = backup::total(result.changed);
  outcome["groups"] = Json::array();
  for (const auto& [key, tasks] : result.changed)
    outcome["groups"].push_back({{"actor", key.second}, {"state", key.first}, {"tasks", tasks}});
  outcome["log_rows"] = result.log_rows;
  outcome["left"] = {{"unreadable", result.unreadable},
                     {"locked", result.counted ? Json(result.locked) : Json()},
                     {"changed", result.counted ? Json(result.moved) : Json()}};
  add_run(outcome, result);
  outcome["record"] = recorder.path().empty() ? Json() : Json{{"path", recorder.path()}, {"bytes", recorder.bytes()}};
  add_failure(outcome, result);
}

}  // namespace akqueue::commands

#include <algorithm>

#include <cmath>

#include "akqueue/crontab.hpp"
#include "commands/schedules/commands.hpp"
#include "commands/schedules/schedule_listing.hpp"
#include "commands/schedules/schedule_text.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

/// `288`; `0.14` of one that comes once a week.
std::string per_day_words(const std::string& line) {
  const auto crontab = Crontab::parse(line);
  if (!crontab) return "";
  const double times = crontab->per_day();
  if (times >= 1) return with_separators(std::llround(times));
  char text[16];
  std::snprintf(text, sizeof text, "%.2f", times);
  return text;
}

std::string next_of_line(const ScheduleLine& line, Timestamp now) {
  const std::string next = next_words(values_of(line.schedule), now);
  return line.blocked && standing_of(line.schedule, now) == queue::Standing::regular ? "blocked" : next;
}

/// `done, 2m9s`
std::string last_words(const queue::ScheduleRun& run, Timestamp now) {
  return run_words(run) + (run.ended ? ", " + format_age((now - *run.ended) / kSecond) : "");
}

ui::Text table_of_schedules(const ui::Terminal& terminal, const ScheduleLines& read, bool wide) {
  std::vector<ui::ListingColumn> columns{{"SCHEDULE", false, true},
                                         {"WHEN", false, false, false, true},
                                         {"A-DAY", true},
                                         {"NEXT"},
                                         {"OPEN", true},
                                         {"LAST"},
                                         {"TOOK", true, false, true}};
  if (wide)
    columns.insert(columns.end(), {{"CRONTAB"}, {"ACTOR"}, {"IDENTIFIER"}, {"OBJECT"}, {"TASKS", true}, {"ID"}});
  ui::Listing listing(columns);
  for (const ScheduleLine& line : read.lines) {
    const queue::Schedule& schedule = line.schedule;
    const queue::ScheduleRun* const last = line.runs.last.empty() ? nullptr : &line.runs.last.front();
    std::vector<ui::Text> cells{short_schedule(schedule),
                                crontab_words(schedule.crontab),
                                per_day_words(schedule.crontab),
                                next_of_line(line, read.now),
                                with_separators(line.runs.unfinished),
                                last != nullptr ? last_words(*last, read.now) : "",
                                last != nullptr && last->took_ms ? ui::format_took(*last->took_ms) : ""};
    if (wide)
      cells.insert(cells.end(), {schedule.crontab, schedule.actor, schedule.identifier, line.object,
                                 with_separators(line.runs.tasks), schedule.id.to_string()});
    listing.add(std::move(cells));
  }
  return listing.draw(terminal);
}

void note_blocked(ui::Terminal& terminal, const ScheduleLines& read) {
  const auto blocked = std::ranges::count_if(read.lines, &ScheduleLine::blocked);
  if (blocked > 0)
    terminal.err(
        ui::format_text("{} of them {} passed over while {} has an unfinished task: kubectl akqueue schedules show\n",
                        blocked, blocked == 1 ? "is" : "are", blocked == 1 ? "it" : "each"));
  if (!read.logs) terminal.err("this release keeps no log that tells how long runs took\n");
}

int run_schedules_list(const cli::Invocation& invocation) {
  const cli::Environment& environment = invocation.environment;
  const OutputFormat output = read_output(invocation.options);
  const Site site = enter(environment, telling_where(read_site_request(invocation.options, invocation.command.effect)));
  const ScheduleLines read = read_schedule_lines(site, invocation.options.arguments());
  ui::Terminal& terminal = environment.terminal;
  if (output == OutputFormat::jsonl) {
    for (const ScheduleLine& line : read.lines) terminal.out(as_json(output, json_of_line(line, read.now)));
  } else if (is_json(output)) {
    Json document = document_of("schedules");
    document["site"] = site.to_json();
    document["now"] = format_timestamp(read.now);
    document["schedules"] = Json::array();
    for (const ScheduleLine& line : read.lines) document["schedules"].push_back(json_of_line(line, read.now));
    terminal.out(as_json(output, document));
  } else if (output == OutputFormat::name) {
    for (const ScheduleLine& line : read.lines)
      terminal.out(ui::format_text("schedule/{}\n", line.schedule.id.to_string()));
  } else if (read.lines.empty() && output != OutputFormat::csv) {
    terminal.err("there is no schedule: a worker makes them when it starts\n");
  } else {
    terminal.out(table_of_schedules(terminal, read, is_wide(output)));
    if (output != OutputFormat::csv) note_blocked(terminal, read);
  }
  return 0;
}

}  // namespace

cli::Command schedules_list_verb() {
  return {.name = "list",
          .summary = "List them, the next first",
          .arguments = "[SCHEDULE...]",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "When each makes a task (in words; UTC) and how often a day, when the next time is, how many\n"
              "of its tasks are not finished, and of the last one that is how it ended (with the worst\n"
              "level of its log), how long ago, and how long it took. From 2026.2 on authentik passes over\n"
              "a schedule with an unfinished task: it is blocked.",
          .examples = {{"schedules", "what authentik does by itself, and when"},
                       {"schedules list --sort-by a-day", "what fires too often comes last"}},
          .outputs = "table|wide|csv|json|jsonl|yaml|name|jsonpath=|custom-columns=",
          .run = run_schedules_list};
}

}  // namespace akqueue::commands

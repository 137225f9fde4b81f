#include "akqueue/crontab.hpp"
#include "commands/schedules/commands.hpp"
#include "commands/schedules/schedule_listing.hpp"
#include "commands/schedules/schedule_text.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

constexpr std::size_t kTimesShown = 5;

std::vector<Timestamp> times_after(const queue::Schedule& schedule, Timestamp now) {
  std::vector<Timestamp> times;
  if (standing_of(schedule, now) == queue::Standing::paused) return times;
  const bool held = standing_of(schedule, now) == queue::Standing::held;
  const Timestamp from = held ? *schedule.next_run - 1 : now;
  for (auto at = queue::regular_run_after(schedule, from); at && times.size() < kTimesShown;
       at = queue::regular_run_after(schedule, *at))
    times.push_back(*at);
  return times;
}

ui::Text runs_table(const ui::Terminal& terminal, const ScheduleLine& line, Timestamp now) {
  if (line.runs.last.empty()) return "none of its finished tasks is in the table\n";
  ui::Listing listing({{"TASK"}, {"ENDED"}, {"TOOK", true}, {"AGE", true}});
  for (const queue::ScheduleRun& run : line.runs.last)
    listing.add({run.task, run_words(run), run.took_ms ? ui::format_took(*run.took_ms) : "",
                 run.ended ? format_age((now - *run.ended) / kSecond) : ""});
  return listing.draw_aside(terminal);
}

ui::Text shown_schedule(const ui::Terminal& terminal, const ScheduleLine& line, Timestamp now) {
  const queue::Schedule& schedule = line.schedule;
  ui::Text text = ui::format_text("Schedule    {}\nId          {}\n", schedule.name(), schedule.id.to_string());
  if (!line.object.empty()) text += ui::format_text("Object      {}\n", line.object);
  text += ui::format_text("Crontab     {}: {}\nNext        {}\n", schedule.crontab, crontab_words(schedule.crontab),
                          next_words(values_of(schedule), now));
  std::vector<std::string> times;
  for (const Timestamp at : times_after(schedule, now)) times.push_back(short_time(at));
  for (std::size_t i = 0; i < times.size(); ++i)
    text += ui::format_text("{}{}\n", i == 0 ? "Times       " : "            ", times[i]);
  text += ui::format_text("Tasks       {}, {} of them unfinished", with_separators(line.runs.tasks),
                          with_separators(line.runs.unfinished));
  if (line.runs.oldest_unfinished)
    text += ui::format_text(", the oldest {}", format_age((now - *line.runs.oldest_unfinished) / kSecond));
  text += "\n";
  if (line.blocked)
    text += ui::format_text(
        "            authentik passes it over until they are finished:\n"
        "            kubectl akqueue list --object {}\n",
        schedule.id.to_string());
  return text + "\n" + runs_table(terminal, line, now);
}

int run_schedules_show(const cli::Invocation& invocation) {
  const cli::Environment& environment = invocation.environment;
  const std::vector<std::string>& named = invocation.options.arguments();
  if (named.empty())
    throw Error(ErrorCode::usage, "schedules show needs a schedule", "kubectl akqueue schedules lists them");
  const OutputFormat output = read_output(invocation.options);
  const Site site = enter(environment, read_site_request(invocation.options, invocation.command.effect));
  const ScheduleLines read = read_schedule_lines(site, named);
  ui::Terminal& terminal = environment.terminal;
  if (is_json(output)) {
    Json document = document_of("schedules");
    document["site"] = site.to_json();
    document["now"] = format_timestamp(read.now);
    document["schedules"] = Json::array();
    for (const ScheduleLine& line : read.lines) {
      Json one = json_of_line(line, read.now);
      one["next_times"] = Json::array();
      for (const Timestamp at : times_after(line.schedule, read.now)) one["next_times"].push_back(format_timestamp(at));
      document["schedules"].push_back(std::move(one));
    }
    terminal.out(as_json(output, document));
    return 0;
  }
  for (std::size_t i = 0; i < read.lines.size(); ++i)
    terminal.out((i == 0 ? ui::Text() : ui::Text("\n")) + shown_schedule(terminal, read.lines[i], read.now));
  if (!read.logs) terminal.err("this release keeps no log that tells how long runs took\n");
  return 0;
}

}  // namespace

cli::Command schedules_show_verb() {
  return {.name = "show",
          .summary = "Show one, with its next times and its last runs",
          .arguments = "SCHEDULE...",
          .most_arguments = static_cast<std::size_t>(-1),
          .description =
              "What it belongs to, its crontab, the next five times (UTC), how many of its tasks are in the\n"
              "table, and how the last five that are finished went.",
          .examples = {{"schedules show outpost_controller", "one, or all of that actor"}},
          .outputs = "table|json|yaml|jsonpath=|custom-columns=",
          .run = run_schedules_show};
}

}  // namespace akqueue::commands

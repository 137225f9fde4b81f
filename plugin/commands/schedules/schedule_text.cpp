#include "commands/schedules/schedule_text.hpp"

#include <algorithm>

#include "akqueue/crontab.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

constexpr std::size_t kSchedulesNamed = 3;

/// The schedule with these values.
queue::Schedule with_values(const queue::ScheduleValues& values) {
  return {.actor = "", .crontab = values.crontab, .paused = values.paused, .next_run = values.next_run};
}

const char* standing_word(queue::Standing standing) {
  switch (standing) {
    case queue::Standing::regular: return "regular";
    case queue::Standing::paused: return "paused";
    case queue::Standing::held: return "held";
  }
  return "";
}

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace

std::string short_schedule(const queue::Schedule& schedule) {
  return short_name(schedule.actor) + schedule.name().substr(schedule.actor.size());
}

std::string crontab_words(const std::string& crontab) {
  const auto line = Crontab::parse(crontab);
  return line ? line->in_words() : crontab;
}

std::string next_words(const queue::ScheduleValues& values, Timestamp now) {
  const queue::Standing standing = standing_of(with_values(values), now);
  if (standing == queue::Standing::paused) return "paused";
  const std::int64_t seconds = (values.next_run - now) / kSecond;
  const std::string in = values.next_run > now ? "in " + format_age(seconds) : "due";
  return standing == queue::Standing::held ? "held, " + in : in;
}

std::string short_time(Timestamp at) {
  std::string text = format_timestamp(at).substr(0, 19) + "Z";
  std::ranges::replace(text, 'T', ' ');
  return text;
}

Json json_of_schedule(const queue::Schedule& schedule, Timestamp now) {
  const auto crontab = Crontab::parse(schedule.crontab);
  const queue::Standing standing = standing_of(schedule, now);
  Json one{{"id", schedule.id.to_string()},
           {"name", schedule.name()},
           {"actor", schedule.actor},
           {"identifier", or_null(schedule.identifier)},
           {"uid", or_null(schedule.uid)},
           {"crontab", schedule.crontab},
           {"words", crontab ? Json(crontab->in_words()) : Json()},
           {"per_day", crontab ? Json(crontab->per_day()) : Json()},
           {"standing", standing_word(standing)},
           {"paused", schedule.paused},
           {"next_run", standing == queue::Standing::paused ? Json() : to_json(schedule.next_run)}};
  return one;
}

Json json_of_values(const std::optional<queue::ScheduleValues>& values) {
  if (!values) return {};
  return {{"paused", values->paused}, {"next_run", format_timestamp(values->next_run)}, {"crontab", values->crontab}};
}

std::int64_t changing(const std::vector<queue::ScheduleVerdict>& verdicts) {
  return std::ranges::count_if(verdicts, [](const queue::ScheduleVerdict& one) { return one.after.has_value(); });
}

std::string named_schedules(const std::vector<queue::ScheduleVerdict>& verdicts) {
  std::vector<std::string> names;
  for (const queue::ScheduleVerdict& one : verdicts) {
    if (one.after) names.push_back(short_schedule(one.schedule));
  }
  const auto count = static_cast<std::int64_t>(names.size());
  if (count == 1) return "schedule " + names.front();
  if (names.size() > kSchedulesNamed) {
    names.resize(kSchedulesNamed);
    names.emplace_back("…");
  }
  return count_of(count, "schedule", "schedules") + (names.empty() ? "" : ": " + joined(names));
}

ui::Text draw_verdicts(const ui::Terminal& terminal, const std::vector<queue::ScheduleVerdict>& verdicts,
                       Timestamp now) {
  ui::Listing changes({{"SCHEDULE", false, true}, {"WHEN", false, false, false, true}, {"NEXT"}, {"AFTERWARDS"}});
  ui::Listing left({{"LEFT-ALONE", false, true}, {"NEXT"}, {"WHY", false, false, false, true}});
  for (const queue::ScheduleVerdict& one : verdicts) {
    const queue::ScheduleValues before = values_of(one.schedule);
    if (!one.after) {
      left.add({short_schedule(one.schedule), next_words(before, now), one.why});
      continue;
    }
    std::string afterwards = next_words(*one.after, now);
    if (one.after->crontab != before.crontab) afterwards = crontab_words(one.after->crontab) + ", " + afterwards;
    changes.add({short_schedule(one.schedule), crontab_words(before.crontab), next_words(before, now), afterwards});
  }
  ui::Text text;
  if (!changes.empty()) text += changes.draw_aside(terminal);
  if (!left.empty()) text += (text.empty() ? ui::Text() : ui::Text("\n")) + left.draw_aside(terminal);
  return text;
}

Json json_of_verdicts(const std::vector<queue::ScheduleVerdict>& verdicts, Timestamp now) {
  Json rows = Json::array();
  for (const queue::ScheduleVerdict& one : verdicts) {
    Json row = json_of_schedule(one.schedule, now);
    row["before"] = json_of_values(values_of(one.schedule));
    row["after"] = json_of_values(one.after);
    row["why"] = or_null(one.why);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace akqueue::commands

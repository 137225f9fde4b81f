// How schedules look in tables, sentences and documents.
#pragma once

#include <string>
#include <vector>

#include "commands/shared/site.hpp"
#include "queue/change/schedule_change.hpp"

namespace akqueue::commands {

/// `outpost_controller:corp-proxy`: the last part of the actor's name, and what tells it from others of that.
std::string short_schedule(const queue::Schedule& schedule);

/// `every 5 minutes`; the crontab where it can't be read.
std::string crontab_words(const std::string& crontab);

/// When a row makes its next task: `in 12s`, `due`, `paused`, `held, in 2h`.
std::string next_words(const queue::ScheduleValues& values, Timestamp now);

/// `2026-05-01 12:30:00Z`.
std::string short_time(Timestamp at);

/// The schedule itself, as every document has it.
Json json_of_schedule(const queue::Schedule& schedule, Timestamp now);

/// `{"paused", "next_run", "crontab"}`; null for none.
Json json_of_values(const std::optional<queue::ScheduleValues>& values);

/// Those that change: what they are and what they become; then those that are left alone, with the reason.
ui::Text draw_verdicts(const ui::Terminal& terminal, const std::vector<queue::ScheduleVerdict>& verdicts,
                       Timestamp now);

/// For documents: each with `before`, `after` and `why`.
Json json_of_verdicts(const std::vector<queue::ScheduleVerdict>& verdicts, Timestamp now);

std::int64_t changing(const std::vector<queue::ScheduleVerdict>& verdicts);

/// `schedule outpost_controller:corp-proxy`, `3 schedules: a, b, c`: of those that change.
std::string named_schedules(const std::vector<queue::ScheduleVerdict>& verdicts);

}  // namespace akqueue::commands

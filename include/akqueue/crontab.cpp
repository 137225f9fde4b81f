#include "akqueue/crontab.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <sstream>
#include <string>

namespace akqueue {
namespace {

using Set = std::bitset<64>;

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() && value >= 0 ? std::optional(value) : std::nullopt;
}

/// One part of a list: `*`, `5`, `1-5`, each with or without `/STEP` after it.
bool add_part(std::string_view part, int least, int most, Set& set) {
  const auto slash = part.find('/');
  const auto step = slash == std::string_view::npos ? std::optional(1) : number(part.substr(slash + 1));
  const std::string_view range = part.substr(0, slash);
  std::optional<int> from = least;
  std::optional<int> to = most;
  if (range != "*") {
    const auto dash = range.find('-');
    from = number(range.substr(0, dash));
    to = dash != std::string_view::npos ? number(range.substr(dash + 1)) : slash == std::string_view::npos ? from : to;
  }
  if (!step || *step == 0 || !from || !to || *from < least || *to > most || *from > *to) return false;
  for (int value = *from; value <= *to; value += *step) set.set(static_cast<std::size_t>(value));
  return true;
}

bool read_field(std::string_view field, int least, int most, Set& set) {
  for (;;) {
    const auto comma = field.find(',');
    if (!add_part(field.substr(0, comma), least, most, set)) return false;
    if (comma == std::string_view::npos) return true;
    field.remove_prefix(comma + 1);
  }
}

}  // namespace

std::optional<Crontab> Crontab::parse(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::array<std::string, 5> fields;
  for (std::string& field : fields) {
    if (!(words >> field)) return std::nullopt;
  }
  std::string more;
  if (words >> more) return std::nullopt;
  Crontab line;
  const bool good = read_field(fields[0], 0, 59, line.minutes_) && read_field(fields[1], 0, 23, line.hours_) &&
                    read_field(fields[2], 1, 31, line.days_) && read_field(fields[3], 1, 12, line.months_) &&
                    read_field(fields[4], 0, 7, line.weekdays_);
  if (!good) return std::nullopt;
  if (line.weekdays_.test(7)) line.weekdays_.set(0);
  line.any_day_ = fields[2].starts_with('*');
  line.any_weekday_ = fields[4].starts_with('*');
  return line;
}

std::optional<Timestamp> Crontab::next(Timestamp at) const {
  using namespace std::chrono;
  const sys_time<microseconds> start{microseconds(at)};
  auto day = floor<days>(start);
  auto minute_of_day = duration_cast<minutes>(start - day).count() + 1;
  for (int tried = 0; tried < 3660; ++tried, day += days(1), minute_of_day = 0) {
    const year_month_day date(day);
    if (!months_.test(static_cast<unsigned>(date.month()))) continue;
    const bool on_day = days_.test(static_cast<unsigned>(date.day()));
    const bool on_weekday = weekdays_.test(weekday(day).c_encoding());
    // cron's rule: if both are given, either may match.
    const bool wanted = any_day_ || any_weekday_ ? on_day && on_weekday : on_day || on_weekday;
    for (auto minute = minute_of_day; wanted && minute < 1440; ++minute) {
      if (!hours_.test(static_cast<std::size_t>(minute / 60)) || !minutes_.test(static_cast<std::size_t>(minute % 60)))
        continue;
      return duration_cast<microseconds>(day.time_since_epoch() + minutes(minute)).count();
    }
  }
  return std::nullopt;
}

}  // namespace akqueue

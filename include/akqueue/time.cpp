#include "akqueue/time.hpp"

#include <algorithm>
#include <utility>

#include <charconv>
#include <chrono>
#include <cstdio>

#include "akqueue/error.hpp"

namespace akqueue {
namespace {

using namespace std::chrono;

/// Takes exactly `digits` digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + digits, value);
  if (failure != std::errc() || end != text.data() + digits || text.front() == '-') return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// `.123456` as microseconds; further digits are cut off.
std::optional<int> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return 0;
  int micros = 0;
  int digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
    if (digits < 6) micros = micros * 10 + (text.front() - '0'), ++digits;
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) micros *= 10;
  return micros;
}

/// `Z`, `+00`, `-0330` or `+03:30` as seconds east of UTC; UTC if left out.
std::optional<int> take_offset(std::string_view& text) {
  if (text.empty() || take(text, 'Z')) return 0;
  const bool east = text.front() == '+';
  if (!east && text.front() != '-') return std::nullopt;
  text.remove_prefix(1);
  const auto hours_east = take_number(text, 2);
  if (!hours_east) return std::nullopt;
  take(text, ':');
  const int minutes_east = text.empty() ? 0 : take_number(text, 2).value_or(-1);
  if (minutes_east < 0) return std::nullopt;
  return (*hours_east * 3600 + minutes_east * 60) * (east ? 1 : -1);
}

}  // namespace

std::string format_timestamp(Timestamp at) {
  const sys_time<microseconds> time{microseconds(at)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  const auto y = take_number(text, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  const auto mo = take_number(text, 2);
  if (!mo || !take(text, '-')) return std::nullopt;
  const auto d = take_number(text, 2);
  if (!d || !(take(text, 'T') || take(text, ' '))) return std::nullopt;
  const auto h = take_number(text, 2);
  if (!h || !take(text, ':')) return std::nullopt;
  const auto mi = take_number(text, 2);
  if (!mi || !take(text, ':')) return std::nullopt;
  const auto s = take_number(text, 2);
  if (!s) return std::nullopt;
  const auto micros = take_fraction(text);
  if (!micros) return std::nullopt;
  const auto offset = take_offset(text);
  const year_month_day date(year(*y), month(static_cast<unsigned>(*mo)), day(static_cast<unsigned>(*d)));
  if (!offset || !text.empty() || !date.ok() || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
  const auto seconds_since = sys_days(date).time_since_epoch() + hours(*h) + minutes(*mi) + seconds(*s - *offset);
  return duration_cast<microseconds>(seconds_since).count() + *micros;
}

std::int64_t parse_duration(std::string_view text) {
  const std::string whole(text);
  const auto fail = [&]() -> Error {
    return Error(ErrorCode::usage, "'" + whole + "' is not a duration",
                 "write a number and a unit, like 90s, 10m, 6h or 30d");
  };
  std::int64_t total = 0;
  if (text.empty()) throw fail();
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (failure != std::errc() || count < 0 || end == text.data() + text.size() || count > 4'000'000'000) throw fail();
    std::int64_t unit = 0;
    switch (*end) {
      case 's': unit = 1; break;
      case 'm': unit = 60; break;
      case 'h': unit = 3600; break;
      case 'd': unit = 86400; break;
      default: throw fail();
    }
    total += count * unit;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  // A hundred years: more is a typing mistake, and beyond the calendar of a timestamp.
  if (total == 0 || total > std::int64_t{86400} * 36525) throw fail();
  return total;
}

std::string format_duration(std::int64_t seconds) {
  constexpr std::pair<std::int64_t, char> kUnits[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
  if (seconds == 0) return "0s";
  std::string text;
  for (const auto& [length, unit] : kUnits) {
    if (seconds >= length) text += std::to_string(seconds / length) + unit;
    seconds %= length;
  }
  return text;
}

std::string format_age(std::int64_t seconds) {
  seconds = std::max<std::int64_t>(seconds, 0);
  const auto two = [](std::int64_t big, const char* big_unit, std::int64_t small, const char* small_unit) {
    return std::to_string(big) + big_unit + (small == 0 ? "" : std::to_string(small) + small_unit);
  };
  const std::int64_t minutes_old = seconds / 60;
  const std::int64_t hours_old = seconds / 3600;
  const std::int64_t days_old = seconds / 86400;
  if (seconds < 120) return std::to_string(seconds) + "s";
  if (minutes_old < 10) return two(minutes_old, "m", seconds % 60, "s");
  if (minutes_old < 180) return std::to_string(minutes_old) + "m";
  if (hours_old < 8) return two(hours_old, "h", minutes_old % 60, "m");
  if (hours_old < 48) return std::to_string(hours_old) + "h";
  if (days_old < 8) return two(days_old, "d", hours_old % 24, "h");
  if (days_old < 730) return std::to_string(days_old) + "d";
  return two(days_old / 365, "y", days_old % 365, "d");
}

}  // namespace akqueue

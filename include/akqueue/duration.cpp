#include "akqueue/duration.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "akqueue/error.hpp"

namespace akqueue {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view word;
  std::int64_t milliseconds;
};

constexpr Unit kUnits[] = {{"ms", 1},        {"s", 1000},       {"m", 60'000},
                           {"h", 3'600'000}, {"d", 86'400'000}, {"w", 604'800'000}};
constexpr Unit kTimedeltaUnits[] = {
    {"weeks", 604'800'000}, {"days", 86'400'000}, {"hours", 3'600'000}, {"minutes", 60'000}, {"seconds", 1000}};

/// More is a typing mistake, and beyond the calendar of a timestamp.
constexpr std::int64_t kHundredYears = std::int64_t{86'400'000} * 36525;
constexpr std::int64_t kMost = 4'000'000'000;

template <std::size_t N>
const Unit* unit_of(const Unit (&units)[N], std::string_view word) {
  const auto* const found = std::ranges::find(units, word, &Unit::word);
  return found == std::end(units) ? nullptr : found;
}

/// Takes a whole number off the front of `text`.
std::optional<std::int64_t> take_count(std::string_view& text) {
  std::int64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc() || text.front() == '-' || count > kMost) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return count;
}

std::string_view take_up_to(std::string_view& text, std::size_t end) {
  const std::string_view front = text.substr(0, end);
  text.remove_prefix(front.size());
  return front;
}

/// `1h30m` in milliseconds.
std::optional<std::int64_t> counted(std::string_view text) {
  std::int64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto count = take_count(text);
    const Unit* const unit = unit_of(kUnits, take_up_to(text, text.find_first_of("0123456789")));
    if (!count || unit == nullptr || *count > kHundredYears / unit->milliseconds) return std::nullopt;
    total += *count * unit->milliseconds;
  }
  return total;
}

/// `hours=1;minutes=30` in milliseconds.
std::optional<std::int64_t> named(std::string_view text) {
  std::int64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const Unit* const unit = unit_of(kTimedeltaUnits, take_up_to(text, text.find('=')));
    if (unit == nullptr || text.empty()) return std::nullopt;
    text.remove_prefix(1);
    const auto count = take_count(text);
    if (!count || *count > kHundredYears / unit->milliseconds) return std::nullopt;
    total += *count * unit->milliseconds;
    if (!text.empty() && text.front() != ';') return std::nullopt;
    text.remove_prefix(text.empty() ? 0 : 1);
  }
  return total;
}

}  // namespace

milliseconds parse_span(std::string_view text) {
  if (text == "0") return milliseconds(0);
  const auto total = text.find('=') == std::string_view::npos ? counted(text) : named(text);
  if (!total || *total > kHundredYears)
    throw Error(ErrorCode::usage, "'" + std::string(text) + "' is not a duration",
                "write a number and a unit, like 90s, 10m, 6h, 30d or 2w");
  return milliseconds(*total);
}

std::int64_t parse_duration_or_zero(std::string_view text) {
  return std::chrono::ceil<std::chrono::seconds>(parse_span(text)).count();
}

std::int64_t parse_duration(std::string_view text) {
  const std::int64_t seconds = parse_duration_or_zero(text);
  if (seconds == 0)
    throw Error(ErrorCode::usage, "'" + std::string(text) + "' is no time at all",
                "write a longer one, like 1s or 10m");
  return seconds;
}

std::optional<std::int64_t> parse_timedelta(std::string_view text) {
  const auto total = named(text);
  return total ? std::optional(*total / 1000) : std::nullopt;
}

std::string format_duration(std::int64_t seconds) {
  constexpr std::pair<std::int64_t, char> kDurationUnits[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
  if (seconds == 0) return "0s";
  std::string text;
  for (const auto& [length, unit] : kDurationUnits) {
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

#include "backup/value_text.hpp"

#include <algorithm>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <utility>

#include "akqueue/time.hpp"
#include "backup/value.hpp"

namespace akqueue::backup {
namespace {

std::string text_of_numeric(std::string_view bytes) {
  const BinaryNumeric number(bytes);
  if (number.sign == BinaryNumeric::kNaN) return "NaN";
  if (number.sign == BinaryNumeric::kInfinity) return "Infinity";
  if (number.sign == BinaryNumeric::kMinusInfinity) return "-Infinity";
  std::string text;
  char digits[8];
  for (std::int64_t place = 0; place <= number.weight; ++place) {
    std::snprintf(digits, sizeof digits, text.empty() ? "%u" : "%04u", number.digit(place));
    if (!text.empty() || number.digit(place) != 0) text += digits;
  }
  if (text.empty()) text = "0";
  if (number.sign == BinaryNumeric::kNegative) text.insert(0, "-");
  if (number.scale == 0) return text;
  text += '.';
  const std::size_t wanted = text.size() + number.scale;
  for (std::int64_t place = number.weight + 1; text.size() < wanted; ++place) {
    std::snprintf(digits, sizeof digits, "%04u", number.digit(place));
    text += digits;
  }
  text.resize(wanted);
  return text;
}

template <class Float>
std::string text_of_float(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  // The fewest digits that read back as the same number; below the normal numbers one may do. (Not every standard
  // library that a release is built with has std::to_chars for these.)
  char text[64];
  const bool subnormal = std::abs(value) < std::numeric_limits<Float>::min();
  for (int digits = subnormal ? 1 : std::numeric_limits<Float>::digits10;
       digits <= std::numeric_limits<Float>::max_digits10; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, static_cast<double>(value));
    if (static_cast<Float>(std::strtod(text, nullptr)) == value) break;
  }
  return text;
}

std::string bytea_text(std::string_view bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(bytes.size() * 2 + 2);
  for (const char c : bytes)
    text.append(1, kDigits[static_cast<unsigned char>(c) >> 4]).append(1, kDigits[static_cast<unsigned char>(c) & 15]);
  return text;
}

std::string text_of_uuid(std::string_view bytes) {
  std::string text = bytea_text(bytes).substr(2);
  for (const std::size_t place : {20u, 16u, 12u, 8u}) text.insert(place, "-");
  return text;
}

/// A day of the Gregorian calendar, by the days since 1970: `2026-05-01`, and whether it is BC.
std::pair<std::string, bool> day_of(std::int64_t days) {
  // Years that begin in March, in cycles of 400.
  constexpr std::int64_t kCycle = 146'097;
  days += 719'468;
  const std::int64_t cycle = (days >= 0 ? days : days - kCycle + 1) / kCycle;
  const std::int64_t of_cycle = days - cycle * kCycle;
  const std::int64_t year_of_cycle = (of_cycle - of_cycle / 1460 + of_cycle / 36'524 - of_cycle / 146'096) / 365;
  const std::int64_t of_year = of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
  const std::int64_t month_from_march = (5 * of_year + 2) / 153;
  const std::int64_t day = of_year - (153 * month_from_march + 2) / 5 + 1;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const std::int64_t year = year_of_cycle + cycle * 400 + (month <= 2 ? 1 : 0);
  char text[64];
  std::snprintf(text, sizeof text, "%04lld-%02lld-%02lld", static_cast<long long>(year > 0 ? year : 1 - year),
                static_cast<long long>(month), static_cast<long long>(day));
  return {text, year <= 0};
}

template <class Number>
std::string infinity_of(Number value) {
  if (value == std::numeric_limits<Number>::max()) return "infinity";
  return value == std::numeric_limits<Number>::min() ? "-infinity" : "";
}

std::string text_of_date(std::int32_t days) {
  if (std::string text = infinity_of(days); !text.empty()) return text;
  const auto [day, before_christ] = day_of(days + kEpochDays);
  return day + (before_christ ? " BC" : "");
}

/// As array_out quotes an element.
std::string quoted_element(const std::string& text) {
  const auto special = [](char c) {
    return c == '"' || c == '\\' || c == '{' || c == '}' || c == ',' ||
           std::isspace(static_cast<unsigned char>(c)) != 0;
  };
  std::string lower = text;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!text.empty() && lower != "null" && std::ranges::none_of(text, special)) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
  return quoted + "\"";
}

std::string text_of_array(session::PortableKind kind, std::string_view bytes) {
  BinaryArray array(bytes);
  array.read_head();
  if (array.dimensions.empty()) return "{}";
  std::string text;
  if (std::ranges::any_of(array.dimensions, [](const BinaryArray::Dimension& one) { return one.lower != 1; })) {
    for (const BinaryArray::Dimension& one : array.dimensions) {
      text += "[" + std::to_string(one.lower) + ":" +
              std::to_string(one.lower + static_cast<std::int64_t>(one.length) - 1) + "]";
    }
    text += "=";
  }
  write_array(text, array, 0, "{}",
              [&](const Field& value) { text += value ? quoted_element(text_of_one(kind, *value)) : "NULL"; });
  return text;
}

}  // namespace

std::string text_of_time(std::int64_t microseconds, const char* between, const char* zone) {
  constexpr std::int64_t kDay = 86'400 * kSecond;
  if (std::string text = infinity_of(microseconds); !text.empty()) return text;
  const std::int64_t days = (microseconds >= 0 ? microseconds : microseconds - kDay + 1) / kDay;
  const std::int64_t of_day = microseconds - days * kDay;
  const auto [day, before_christ] = day_of(days + kEpochDays);
  const auto seconds = static_cast<int>(of_day / kSecond);
  char time[48];
  std::snprintf(time, sizeof time, "%02d:%02d:%02d.%06d", seconds / 3600, seconds / 60 % 60, seconds % 60,
                static_cast<int>(of_day % kSecond));
  std::string text = time;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return day + between + text + zone + (before_christ ? " BC" : "");
}

std::string text_of_one(session::PortableKind kind, std::string_view bytes) {
  switch (kind) {
    case session::PortableKind::uuid: return text_of_uuid(bytes);
    case session::PortableKind::text: return std::string(bytes);
    case session::PortableKind::bytea: return bytea_text(bytes);
    case session::PortableKind::smallint: return std::to_string(static_cast<std::int16_t>(big_endian_16(bytes)));
    case session::PortableKind::integer: return std::to_string(static_cast<std::int32_t>(big_endian_32(bytes)));
    case session::PortableKind::bigint: return std::to_string(static_cast<std::int64_t>(big_endian_64(bytes)));
    case session::PortableKind::real: return text_of_float(std::bit_cast<float>(big_endian_32(bytes)));
    case session::PortableKind::double_precision: return text_of_float(std::bit_cast<double>(big_endian_64(bytes)));
    case session::PortableKind::boolean: return bytes.front() != 0 ? "t" : "f";
    case session::PortableKind::timestamptz:
      return text_of_time(static_cast<std::int64_t>(big_endian_64(bytes)), " ", "+00");
    case session::PortableKind::date: return text_of_date(static_cast<std::int32_t>(big_endian_32(bytes)));
    case session::PortableKind::jsonb: return std::string(bytes.substr(1));
    case session::PortableKind::numeric: return text_of_numeric(bytes);
  }
  return {};
}

std::string text_of_value(const session::PortableType& type, std::string_view bytes) {
  return type.array ? text_of_array(type.kind, bytes) : text_of_one(type.kind, bytes);
}

}  // namespace akqueue::backup

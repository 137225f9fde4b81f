#include "backup/value.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

#include "akqueue/json.hpp"
#include "akqueue/time.hpp"
#include "akqueue/tuple.hpp"

namespace akqueue {
namespace {

constexpr std::size_t kMostDimensions = 6;
constexpr std::uint32_t kNull = 0xffffffff;
constexpr char kJsonbVersion = 1;
/// 2000-01-01, from which PostgreSQL counts, in days since 1970.
constexpr std::int64_t kEpochDays = 10957;

// --- lengths and structure
// -------------------------------------------------------------------------------------------------

/// The bytes that every value of the kind has; 0: any number.
std::size_t width_of(PortableKind kind) {
  switch (kind) {
    case PortableKind::boolean: return 1;
    case PortableKind::smallint: return 2;
    case PortableKind::integer:
    case PortableKind::real:
    case PortableKind::date: return 4;
    case PortableKind::bigint:
    case PortableKind::double_precision:
    case PortableKind::timestamptz: return 8;
    case PortableKind::uuid: return 16;
    default: return 0;
  }
}

enum NumericSign : std::uint16_t {
  kPositive = 0x0000,
  kNegative = 0x4000,
  kNaN = 0xc000,
  kInfinity = 0xd000,
  kMinusInfinity = 0xf000
};

/// numeric's binary form: digits of base 10,000, the first of them weighing 10,000 to the power of `weight`.
struct Numeric {
  std::size_t digits;
  std::int16_t weight;
  std::uint16_t sign;
  std::uint16_t scale;  ///< decimal digits behind the point
  std::string_view bytes;

  explicit Numeric(std::string_view value)
      : digits(big_endian_16(value)),
        weight(static_cast<std::int16_t>(big_endian_16(value.substr(2)))),
        sign(big_endian_16(value.substr(4))),
        scale(big_endian_16(value.substr(6))),
        bytes(value.substr(kHead)) {}
  static constexpr std::size_t kHead = 8;

  unsigned digit(std::int64_t place) const {
    return place < 0 || place >= static_cast<std::int64_t>(digits)
               ? 0u
               : big_endian_16(bytes.substr(static_cast<std::size_t>(place) * 2));
  }
};

std::string fault_of_numeric(std::string_view bytes) {
  constexpr unsigned kBase = 10'000;
  if (bytes.size() < Numeric::kHead) return "it is not a numeric";
  const Numeric number(bytes);
  const std::array signs{kPositive, kNegative, kNaN, kInfinity, kMinusInfinity};
  if (number.bytes.size() != number.digits * 2 || std::ranges::find(signs, number.sign) == signs.end())
    return "it is not a numeric";
  for (std::size_t i = 0; i < number.digits; ++i) {
    if (number.digit(static_cast<std::int64_t>(i)) >= kBase) return "it is not a numeric";
  }
  return {};
}

std::string fault_of_one(PortableKind kind, std::string_view bytes) {
  const std::size_t width = width_of(kind);
  if (width != 0 && bytes.size() != width)
    return "its length is " + std::to_string(bytes.size()) + ", not " + std::to_string(width);
  switch (kind) {
    case PortableKind::boolean: return bytes.front() == 0 || bytes.front() == 1 ? "" : "it is not a boolean";
    case PortableKind::text: return is_text(bytes) ? "" : "it is no UTF-8 text";
    case PortableKind::jsonb:
      return !bytes.empty() && bytes.front() == kJsonbVersion && is_text(bytes.substr(1)) ? "" : "it is not a jsonb";
    case PortableKind::numeric: return fault_of_numeric(bytes);
    default: return {};
  }
}

/// An array's binary form: its dimensions, and its elements, which it visits.
class Array {
 public:
  explicit Array(std::string_view bytes) : left_(bytes) {}

  struct Dimension {
    std::uint32_t length;
    std::int32_t lower;
  };
  std::vector<Dimension> dimensions;

  /// False for what is no array.
  bool read_head() {
    std::uint32_t count = 0;
    std::uint32_t ignored = 0;
    if (!number(count) || count > kMostDimensions || !number(ignored) || !number(ignored)) return false;
    for (std::uint32_t i = 0; i < count; ++i) {
      std::uint32_t length = 0;
      std::uint32_t lower = 0;
      if (!number(length) || !number(lower) || length == 0) return false;
      dimensions.push_back({length, static_cast<std::int32_t>(lower)});
    }
    return true;
  }
  /// The next element; false for what is none.
  bool next(Field& element) {
    std::uint32_t length = 0;
    if (!number(length)) return false;
    element.reset();
    if (length == kNull) return true;
    if (left_.size() < length) return false;
    element = left_.substr(0, length);
    left_.remove_prefix(length);
    return true;
  }
  /// More than kMost is as good as any number: there are no bytes for so many.
  std::uint64_t elements() const {
    constexpr std::uint64_t kMost = 1u << 31;
    std::uint64_t all = dimensions.empty() ? 0 : 1;
    for (const Dimension& one : dimensions) all = std::min<std::uint64_t>(all * one.length, kMost);
    return all;
  }
  bool at_end() const { return left_.empty(); }

 private:
  bool number(std::uint32_t& value) {
    if (left_.size() < 4) return false;
    value = big_endian_32(left_);
    left_.remove_prefix(4);
    return true;
  }
  std::string_view left_;
};

std::string fault_of_array(PortableKind kind, std::string_view bytes) {
  Array array(bytes);
  if (!array.read_head()) return "it is not an array";
  const std::uint64_t count = array.elements();
  for (std::uint64_t i = 0; i < count; ++i) {
    Field element;
    if (!array.next(element)) return "it is not an array";
    if (!element) continue;
    if (std::string fault = fault_of_one(kind, *element); !fault.empty()) return "of an element, " + fault;
  }
  return array.at_end() ? "" : "it is not an array";
}

// --- texts
// -----------------------------------------------------------------------------------------------------------------

std::string text_of_numeric(std::string_view bytes) {
  const Numeric number(bytes);
  if (number.sign == kNaN) return "NaN";
  if (number.sign == kInfinity) return "Infinity";
  if (number.sign == kMinusInfinity) return "-Infinity";
  std::string text;
  char digits[8];
  for (std::int64_t place = 0; place <= number.weight; ++place) {
    std::snprintf(digits, sizeof digits, text.empty() ? "%u" : "%04u", number.digit(place));
    if (!text.empty() || number.digit(place) != 0) text += digits;
  }
  if (text.empty()) text = "0";
  if (number.sign == kNegative) text.insert(0, "-");
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
  // As few digits as lead back to it; below the normal numbers that can be a single one. (Not every standard library
  // that a release is built with has std::to_chars for these.)
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
  char text[48];
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

/// `between` stands between day and time, `zone` behind the time: PostgreSQL has two ways.
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

std::string text_of_one(PortableKind kind, std::string_view bytes) {
  switch (kind) {
    case PortableKind::uuid: return text_of_uuid(bytes);
    case PortableKind::text: return std::string(bytes);
    case PortableKind::bytea: return bytea_text(bytes);
    case PortableKind::smallint: return std::to_string(static_cast<std::int16_t>(big_endian_16(bytes)));
    case PortableKind::integer: return std::to_string(static_cast<std::int32_t>(big_endian_32(bytes)));
    case PortableKind::bigint: return std::to_string(static_cast<std::int64_t>(big_endian_64(bytes)));
    case PortableKind::real: return text_of_float(std::bit_cast<float>(big_endian_32(bytes)));
    case PortableKind::double_precision: return text_of_float(std::bit_cast<double>(big_endian_64(bytes)));
    case PortableKind::boolean: return bytes.front() != 0 ? "t" : "f";
    case PortableKind::timestamptz: return text_of_time(static_cast<std::int64_t>(big_endian_64(bytes)), " ", "+00");
    case PortableKind::date: return text_of_date(static_cast<std::int32_t>(big_endian_32(bytes)));
    case PortableKind::jsonb: return std::string(bytes.substr(1));
    case PortableKind::numeric: return text_of_numeric(bytes);
  }
  return {};
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

/// Writes the elements of an array in brackets, a level of them a dimension.
template <class Element>
void write_array(std::string& out, Array& array, std::size_t dimension, const char* brackets, const Element& element) {
  out += brackets[0];
  for (std::uint32_t i = 0; i < array.dimensions[dimension].length; ++i) {
    if (i > 0) out += ',';
    if (dimension + 1 < array.dimensions.size()) {
      write_array(out, array, dimension + 1, brackets, element);
      continue;
    }
    Field value;
    array.next(value);
    element(value);
  }
  out += brackets[1];
}

std::string text_of_array(PortableKind kind, std::string_view bytes) {
  Array array(bytes);
  array.read_head();
  if (array.dimensions.empty()) return "{}";
  std::string text;
  if (std::ranges::any_of(array.dimensions, [](const Array::Dimension& one) { return one.lower != 1; })) {
    for (const Array::Dimension& one : array.dimensions) {
      text += "[" + std::to_string(one.lower) + ":" +
              std::to_string(one.lower + static_cast<std::int64_t>(one.length) - 1) + "]";
    }
    text += "=";
  }
  write_array(text, array, 0, "{}",
              [&](const Field& value) { text += value ? quoted_element(text_of_one(kind, *value)) : "NULL"; });
  return text;
}

// --- JSON
// ------------------------------------------------------------------------------------------------------------------

bool is_number(std::string_view text) {
  // What JSON takes as one: PostgreSQL writes it bare then.
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto digits = [&] {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
  };
  const bool zero = text.starts_with('0');
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (text.starts_with('.') && (text.remove_prefix(1), digits() == 0)) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

void append_string(std::string& json, std::string_view text) {
  json += ForeignJson(text).dump(-1, ' ', false, ForeignJson::error_handler_t::replace);
}

void append_number(std::string& json, std::string_view text) {
  if (is_number(text)) json += text;
  else append_string(json, text);
}

/// A line end can stand only between the tokens of JSON, where it is white space.
void append_document(std::string& json, std::string_view text) {
  const std::size_t before = json.size();
  json += text;
  std::ranges::replace(json.begin() + static_cast<std::ptrdiff_t>(before), json.end(), '\n', ' ');
}

void append_json_of_one(std::string& json, PortableKind kind, std::string_view bytes) {
  switch (kind) {
    case PortableKind::boolean: json += bytes.front() != 0 ? "true" : "false"; return;
    case PortableKind::jsonb: return append_document(json, bytes.substr(1));
    case PortableKind::timestamptz:
      return append_string(json, text_of_time(static_cast<std::int64_t>(big_endian_64(bytes)), "T", "+00:00"));
    case PortableKind::smallint:
    case PortableKind::integer:
    case PortableKind::bigint:
    case PortableKind::real:
    case PortableKind::double_precision:
    case PortableKind::numeric: return append_number(json, text_of_one(kind, bytes));
    default: return append_string(json, text_of_one(kind, bytes));
  }
}

}  // namespace

bool is_text(std::string_view bytes) {
  const auto continues = [&](std::size_t at) {
    return at < bytes.size() && (static_cast<unsigned char>(bytes[at]) & 0xc0u) == 0x80u;
  };
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    if (lead == 0) return false;
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = lead >= 0xf0 && lead <= 0xf4  ? 4
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                                                             : 0;
    if (length == 0) return false;
    for (std::size_t i = 1; i < length; ++i) {
      if (!continues(at + i)) return false;
    }
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    const bool wrong = (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
                       (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f);
    if (wrong) return false;
    at += length;
  }
  return true;
}

std::string fault_of(const PortableType& type, std::string_view bytes) {
  return type.array ? fault_of_array(type.kind, bytes) : fault_of_one(type.kind, bytes);
}

std::string text_of_value(const PortableType& type, std::string_view bytes) {
  return type.array ? text_of_array(type.kind, bytes) : text_of_one(type.kind, bytes);
}

void append_json_of_binary(std::string& json, const PortableType& type, std::string_view bytes) {
  if (!type.array) return append_json_of_one(json, type.kind, bytes);
  Array array(bytes);
  array.read_head();
  if (array.dimensions.empty()) {
    json += "[]";
    return;
  }
  write_array(json, array, 0, "[]", [&](const Field& value) {
    if (value) append_json_of_one(json, type.kind, *value);
    else json += "null";
  });
}

void append_json_of_text(std::string& json, std::string_view type, std::string_view text) {
  const auto portable = portable_type(type);
  if (type == "json") return append_document(json, text);
  if (!portable || portable->array) return append_string(json, text);
  switch (portable->kind) {
    case PortableKind::boolean: json += text == "t" || text == "true" || text == "1" ? "true" : "false"; return;
    case PortableKind::jsonb: return append_document(json, text);
    case PortableKind::timestamptz: {
      const auto at = parse_timestamp(text);
      return append_string(json,
                           at ? text_of_time(*at - kEpochDays * 86'400 * kSecond, "T", "+00:00") : std::string(text));
    }
    case PortableKind::smallint:
    case PortableKind::integer:
    case PortableKind::bigint:
    case PortableKind::real:
    case PortableKind::double_precision:
    case PortableKind::numeric: return append_number(json, text);
    default: return append_string(json, text);
  }
}

}  // namespace akqueue

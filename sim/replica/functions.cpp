#include "replica/functions.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"

namespace akqueue::sim {
namespace {

using Values = std::span<const SqlValue>;

std::string text_of(const SqlValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) { return ForeignJson(*real).dump(); }
  if (const auto* blob = std::get_if<Blob>(&value)) return blob->bytes;
  return {};
}

Error malformed(std::string_view type, const SqlValue& value, std::string_view sqlstate = "22P02") {
  return sql_error(sqlstate, "invalid input syntax for type " + std::string(type) + ": \"" + text_of(value) + "\"");
}

/// PostgreSQL also accepts braces and missing hyphens; nothing here writes that.
SqlValue uuid(const SqlValue& value) {
  std::string text = text_of(value);
  bool good = text.size() == 36;
  for (std::size_t i = 0; good && i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    good = hyphen ? text[i] == '-' : std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
    text[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
  }
  if (!good) throw malformed("uuid", value);
  return text;
}

SqlValue timestamptz(const SqlValue& value) {
  const std::string text = text_of(value);
  if (text == "infinity" || text == "-infinity") return text;
  const auto time = parse_timestamp(text);
  if (!time) throw malformed("timestamp with time zone", value, "22007");
  return format_timestamp(*time);
}

SqlValue boolean(const SqlValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::int64_t{*integer != 0};
  std::string text = text_of(value);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const std::string_view word : {"t", "true", "yes", "on", "1"}) {
    if (text == word) return std::int64_t{1};
  }
  for (const std::string_view word : {"f", "false", "no", "off", "0"}) {
    if (text == word) return std::int64_t{0};
  }
  throw malformed("boolean", value);
}

SqlValue whole_number(const SqlValue& value, std::string_view type, std::int64_t least, std::int64_t most) {
  std::int64_t number = 0;
  const std::string text = text_of(value);
  bool in_range = true;
  if (const auto* real = std::get_if<double>(&value)) {
    in_range = std::abs(*real) < 9.2e18;
    if (in_range) number = std::llrint(*real);
  } else {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure == std::errc::result_out_of_range) in_range = false;
    else if (failure != std::errc() || end != text.data() + text.size()) throw malformed(type, value);
  }
  if (in_range && number >= least && number <= most) return number;
  if (std::holds_alternative<std::string>(value)) {
    throw sql_error("22003", "value \"" + text + "\" is out of range for type " + std::string(type));
  }
  throw sql_error("22003", std::string(type) + " out of range");
}

SqlValue integer(const SqlValue& value) {
  using Limits = std::numeric_limits<std::int32_t>;
  return whole_number(value, "integer", Limits::min(), Limits::max());
}

SqlValue bigint(const SqlValue& value) {
  using Limits = std::numeric_limits<std::int64_t>;
  return whole_number(value, "bigint", Limits::min(), Limits::max());
}

SqlValue jsonb(const SqlValue& value) {
  const std::string text = text_of(value);
  if (!ForeignJson::accept(text)) throw sql_error("22P02", "invalid input syntax for type json");
  // SQLite's own functions take no more; PostgreSQL has such a limit too, from the size of its stack.
  if (nested_deeper_than(text, kDeepestValue)) throw sql_error("54001", "stack depth limit exceeded");
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/// From `\x00ff`, as PostgreSQL prints it, or else the text's own bytes.
SqlValue bytea(const SqlValue& value) {
  if (std::holds_alternative<Blob>(value)) return value;
  const std::string text = text_of(value);
  if (!text.starts_with("\\x")) return Blob{text};
  Blob blob;
  if (text.size() % 2 != 0) throw sql_error("22023", "invalid hexadecimal data: odd number of digits");
  for (std::size_t i = 2; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) throw sql_error("22023", "invalid hexadecimal digit");
    blob.bytes += static_cast<char>(high * 16 + low);
  }
  return blob;
}

struct TypeFunction {
  const char* name;
  SqlValue (*convert)(const SqlValue&);
};
constexpr TypeFunction kTypes[] = {
    {"pg_uuid", uuid},       {"pg_timestamptz", timestamptz}, {"pg_boolean", boolean},
    {"pg_integer", integer}, {"pg_bigint", bigint},           {"pg_jsonb", jsonb},
    {"pg_bytea", bytea},
};

}  // namespace

void add_functions(Database& database, const std::function<Timestamp()>& now) {
  const auto text_now = [now](Values) -> SqlValue { return format_timestamp(now()); };
  database.add_function("now", 0, text_now);
  database.add_function("current_timestamp", 0, text_now);
  database.add_function("akqueue_ago", 1, [now](Values values) -> SqlValue {
    return format_timestamp(now() - std::get<std::int64_t>(values[0]) * kSecond);
  });
  for (const TypeFunction& type : kTypes) {
    database.add_function(type.name, 1, [convert = type.convert](Values values) -> SqlValue {
      return std::holds_alternative<std::monostate>(values[0]) ? SqlValue() : convert(values[0]);
    });
  }
}

}  // namespace akqueue::sim

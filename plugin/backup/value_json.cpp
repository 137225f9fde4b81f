#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "akqueue/json.hpp"
#include "akqueue/time.hpp"
#include "akqueue/tuple.hpp"
#include "backup/value.hpp"
#include "backup/value_text.hpp"

namespace akqueue::backup {
namespace {

bool is_number(std::string_view text) {
  // What is a number in JSON too: PostgreSQL then writes it without quotes.
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

/// In JSON a line end can only be between tokens, where it is white space.
void append_document(std::string& json, std::string_view text) {
  const std::size_t before = json.size();
  json += text;
  std::ranges::replace(json.begin() + static_cast<std::ptrdiff_t>(before), json.end(), '\n', ' ');
}

void append_json_of_one(std::string& json, session::PortableKind kind, std::string_view bytes) {
  switch (kind) {
    case session::PortableKind::boolean: json += bytes.front() != 0 ? "true" : "false"; return;
    case session::PortableKind::jsonb: return append_document(json, bytes.substr(1));
    case session::PortableKind::timestamptz:
      return append_string(json, text_of_time(static_cast<std::int64_t>(big_endian_64(bytes)), "T", "+00:00"));
    case session::PortableKind::smallint:
    case session::PortableKind::integer:
    case session::PortableKind::bigint:
    case session::PortableKind::real:
    case session::PortableKind::double_precision:
    case session::PortableKind::numeric: return append_number(json, text_of_one(kind, bytes));
    default: return append_string(json, text_of_one(kind, bytes));
  }
}

}  // namespace

void append_json_of_binary(std::string& json, const session::PortableType& type, std::string_view bytes) {
  if (!type.array) return append_json_of_one(json, type.kind, bytes);
  BinaryArray array(bytes);
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
  const auto portable = session::portable_type(type);
  if (type == "json") return append_document(json, text);
  if (!portable || portable->array) return append_string(json, text);
  switch (portable->kind) {
    case session::PortableKind::boolean:
      json += text == "t" || text == "true" || text == "1" ? "true" : "false";
      return;
    case session::PortableKind::jsonb: return append_document(json, text);
    case session::PortableKind::timestamptz: {
      const auto at = parse_timestamp(text);
      return append_string(json,
                           at ? text_of_time(*at - kEpochDays * 86'400 * kSecond, "T", "+00:00") : std::string(text));
    }
    case session::PortableKind::smallint:
    case session::PortableKind::integer:
    case session::PortableKind::bigint:
    case session::PortableKind::real:
    case session::PortableKind::double_precision:
    case session::PortableKind::numeric: return append_number(json, text);
    default: return append_string(json, text);
  }
}

}  // namespace akqueue::backup

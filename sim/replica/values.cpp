#include "replica/values.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "akqueue/json.hpp"
#include "akqueue/protocol.hpp"

namespace akqueue::sim {
namespace {

void append_real(std::string& line, double value) {
  if (std::isnan(value)) return append_json_string(line, "NaN");
  if (std::isinf(value)) return append_json_string(line, value > 0 ? "Infinity" : "-Infinity");
  line += ForeignJson(value).dump();
}

/// Types that are text to a reader even if SQLite stores a number.
bool shown_as_text(std::string_view declared) {
  constexpr std::string_view kNumbers[] = {"smallint", "INTEGER", "bigint", "double precision"};
  // INT and NUM are SQLite's own types for the columns of CREATE TABLE … AS SELECT.
  constexpr std::string_view kAffinities[] = {"", "INT", "NUM", "REAL"};
  return std::ranges::find(kNumbers, declared) == std::end(kNumbers) &&
         std::ranges::find(kAffinities, declared) == std::end(kAffinities);
}

}  // namespace

SqlValue parameter_of(const ForeignJson& value) {
  switch (value.type()) {
    case ForeignJson::value_t::null: return std::monostate();
    case ForeignJson::value_t::boolean: return std::int64_t{value.get<bool>() ? 1 : 0};
    case ForeignJson::value_t::number_integer: return value.get<std::int64_t>();
    case ForeignJson::value_t::number_unsigned:
      if (value.get<std::uint64_t>() > INT64_MAX) throw Error(ErrorCode::protocol, "a number is larger than a bigint");
      return value.get<std::int64_t>();
    case ForeignJson::value_t::number_float: return value.get<double>();
    case ForeignJson::value_t::string:
      if (value.get_ref<const std::string&>().find('\0') != std::string::npos) {
        throw sql_error("22021", "invalid byte sequence for encoding \"UTF8\": 0x00");
      }
      return value.get<std::string>();
    default: break;
  }
  const auto bytes = value.is_object() && value.size() == 1 ? value.find(protocol::kBytesKey) : value.end();
  if (bytes == value.end() || !bytes->is_string()) {
    throw Error(ErrorCode::protocol, "a parameter must be null, a boolean, a number, a string or {\"b64\": \"…\"}");
  }
  return Blob{protocol::unbase64(bytes->get<std::string>())};
}

void append_json_string(std::string& line, std::string_view text) {
  const auto plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && c != 0x7f && c > 0;
  };
  if (std::ranges::all_of(text, plain)) {
    line += '"';
    line += text;
    line += '"';
    return;
  }
  line += ForeignJson(text).dump(-1, ' ', false, ForeignJson::error_handler_t::replace);
}

void append_json(std::string& line, const Statement& statement, int column) {
  const SqlKind kind = statement.kind(column);
  if (kind == SqlKind::null) {
    line += "null";
    return;
  }
  const std::string_view declared = statement.declared_type(column);
  if (kind == SqlKind::blob) {
    line += "{\"" + std::string(protocol::kBytesKey) + "\":\"" + protocol::base64(statement.text(column)) + "\"}";
  } else if (declared == "boolean" && kind == SqlKind::integer) {
    line += statement.integer(column) != 0 ? "true" : "false";
  } else if (kind == SqlKind::text || shown_as_text(declared)) {
    append_json_string(line, statement.text(column));
  } else if (kind == SqlKind::integer) {
    line += std::to_string(statement.integer(column));
  } else {
    append_real(line, statement.real(column));
  }
}

std::string declared_type_name(std::string_view declared) {
  constexpr std::string_view kStandard[] = {"ANY", "BLOB", "INT", "INTEGER", "REAL", "TEXT"};
  std::string name(declared);
  if (std::ranges::find(kStandard, declared) != std::end(kStandard)) {
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  }
  return name;
}

std::string type_of_result(std::string_view declared, SqlKind seen) {
  constexpr std::string_view kUnsaid[] = {"", "INT", "NUM"};
  if (std::ranges::find(kUnsaid, declared) == std::end(kUnsaid)) return declared_type_name(declared);
  switch (seen) {
    case SqlKind::integer: return "bigint";
    case SqlKind::real: return "double precision";
    case SqlKind::blob: return "bytea";
    default: return "text";
  }
}

}  // namespace akqueue::sim

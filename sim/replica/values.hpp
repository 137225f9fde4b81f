// Values between JSON (docs/protocol.md, Values) and SQLite. What SQLite does not tell apart by itself (booleans,
// uuids, timestamps and JSON are numbers and text there) is known from the declared type of the column.
#pragma once

#include <string>
#include <string_view>

#include "akqueue/json.hpp"
#include "replica/database.hpp"

namespace akqueue::sim {

/// A parameter. Throws Error (protocol) for an array or an object other than {"b64": "…"}.
SqlValue parameter_of(const ForeignJson& value);

/// Appends the value of a column in the current row, as JSON.
void append_json(std::string& line, const Statement& statement, int column);

/// Appends a JSON string. Invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& line, std::string_view text);

/// SQLite stores the names of its own types in upper case, however they were declared; PostgreSQL's are in lower case.
std::string declared_type_name(std::string_view declared);

/// The type in a result: the declared one or, for an expression, that of its value (`seen`).
std::string type_of_result(std::string_view declared, SqlKind seen);

}  // namespace akqueue::sim

// Prepares SQL text for SQLite, and reads what only the text of a table tells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace akqueue::sim {

/// A CAST to a type that SQLite does not have would silently be a cast to a number there
/// (`CAST('1111-2222' AS uuid)` gives 1111). Such casts become calls of the functions of functions.hpp; all else,
/// comments and literals included, stays as it is.
std::string with_casts(std::string_view sql);

/// The CHECK constraints in the text of a CREATE TABLE, as PostgreSQL prints them: `CHECK ((retries >= 0))`.
std::vector<std::string> checks_in(std::string_view create_table);

/// Whether each foreign key in the text of a CREATE TABLE is DEFERRABLE, which SQLite does not report; in their order.
std::vector<bool> deferrable_keys_in(std::string_view create_table);

}  // namespace akqueue::sim

// A row of a backup of version 1: JSON, as row_to_json() wrote it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "akqueue/json.hpp"

namespace akqueue::backup {

/// What a restoration needs to know about a task's row.
struct JsonTask {
  std::string state;
  std::string actor;
  std::string tenant;
  std::int64_t content_type = 0;
};

/// Taken from the row's top level while all of it is checked to be JSON. Nothing is built, and numbers may have any
/// size and any number of digits. Nothing for something that is not a JSON object. Of another table's row: empty.
std::optional<JsonTask> read_json_row(std::string_view json);

/// All of it, with long numbers cut short: for looking at, not for restoring. Nothing if it is not JSON.
ForeignJson parse_json_row(std::string_view json);

}  // namespace akqueue::backup

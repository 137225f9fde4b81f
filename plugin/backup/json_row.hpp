// A row of a backup of version 1: JSON, as row_to_json() wrote it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "akqueue/json.hpp"

namespace akqueue {

/// What a restoration needs to know of a task's row.
struct JsonTask {
  std::string state;
  std::string actor;
  std::string tenant;
  std::int64_t content_type = 0;
};

/// Taken from the row's top level while the whole of it is checked to be JSON. Nothing is built, and numbers may have
/// any size and any number of digits. Nothing for what is no JSON object. Of another table's row: empty.
std::optional<JsonTask> read_json_row(std::string_view json);

/// The whole of it, with long numbers cut short: for looking, not for bringing back. Nothing of what is no JSON.
ForeignJson parse_json_row(std::string_view json);

}  // namespace akqueue

// Rows that go and come back with tasks, by what they are.
#pragma once

#include <cstdint>
#include <string_view>

#include "akqueue/json.hpp"

namespace akqueue::backup {

struct OtherRows {
  std::int64_t logs = 0;
  std::int64_t dependencies = 0;  ///< each says that one task waits for another
  std::int64_t others = 0;        ///< of tables that this version does not know

  std::int64_t total() const { return logs + dependencies + others; }
  void add(std::string_view table, std::int64_t rows);
  OtherRows& operator+=(const OtherRows& more);
  friend bool operator==(const OtherRows&, const OtherRows&) = default;

  /// {"logs":…,"dependencies":…,"others":…}
  Json to_json() const;
  static OtherRows from_json(const Json& object);
};

}  // namespace akqueue::backup

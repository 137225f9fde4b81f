// Times as the project writes them: UTC microseconds since 1970 in the program, `2026-05-01T12:34:56.123456Z` on the
// wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "akqueue/duration.hpp"

namespace akqueue {

/// Microseconds since 1970-01-01 UTC.
using Timestamp = std::int64_t;

inline constexpr Timestamp kSecond = 1'000'000;

/// `2026-05-01T12:34:56.123456Z`: always 27 characters, so that text order is time order (years 0000 to 9999).
std::string format_timestamp(Timestamp at);

/// Reads the above and what PostgreSQL and Kubernetes print: a space for the T, fewer or no digits of a second, `Z`,
/// `+00`, `+00:00` or any other offset. Nothing for anything else (`infinity` too).
std::optional<Timestamp> parse_timestamp(std::string_view text);

}  // namespace akqueue

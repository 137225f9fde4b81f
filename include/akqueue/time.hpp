// Times and durations as the project writes them. Times are UTC microseconds since 1970 in the program and
// `2026-05-01T12:34:56.123456Z` on the wire; durations are whole seconds and `90s 10m 6h 30d` to a person.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace akqueue {

/// Microseconds since 1970-01-01 UTC.
using Timestamp = std::int64_t;

inline constexpr Timestamp kSecond = 1'000'000;

/// `2026-05-01T12:34:56.123456Z`: always 27 characters, so that text order is time order (years 0000 to 9999).
std::string format_timestamp(Timestamp at);

/// Reads the above and what PostgreSQL and Kubernetes print: a space for the T, fewer or no digits of a second, `Z`,
/// `+00`, `+00:00` or any other offset. Nothing for anything else (`infinity` too).
std::optional<Timestamp> parse_timestamp(std::string_view text);

/// `90s`, `10m`, `6h`, `30d`, `1h30m`: one or more numbers, each with its unit, as seconds.
/// Throws Error (usage) for anything else, including a bare number and zero.
std::int64_t parse_duration(std::string_view text);

/// The inverse, exact, in the fewest of these units: `47h59m`, `6h`, `30d`, `1d1s`.
std::string format_duration(std::int64_t seconds);

/// An age as kubectl prints it, from seconds: `45s`, `3m20s`, `95m`, `5h12m`, `3d4h`, `40d`, `2y30d`.
std::string format_age(std::int64_t seconds);

}  // namespace akqueue

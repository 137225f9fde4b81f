// Durations as a person writes them, as authentik keeps them in its settings, and as they are shown.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace akqueue {

/// `90s`, `10m`, `6h`, `30d`, `2w`, `250ms`, `1h30m`: one or more numbers, each with its unit; authentik's own
/// `days=30`; and `0`. Throws Error (usage) for anything else, including any other bare number and more than a hundred
/// years.
std::chrono::milliseconds parse_span(std::string_view text);

/// The same as whole seconds, the next if it is between two. Throws Error (usage) for zero as well.
std::int64_t parse_duration(std::string_view text);

/// The same, where zero has a meaning: not to wait, however young.
std::int64_t parse_duration_or_zero(std::string_view text);

/// Seconds of authentik's `days=30` or `hours=1;minutes=30`; nothing for anything else.
std::optional<std::int64_t> parse_timedelta(std::string_view text);

/// The inverse of parse_duration(), exact, in the fewest of the units from days to seconds: `47h59m`, `6h`, `30d`.
std::string format_duration(std::int64_t seconds);

/// An age as kubectl prints it, from seconds: `45s`, `3m20s`, `95m`, `5h12m`, `3d4h`, `40d`, `2y30d`.
std::string format_age(std::int64_t seconds);

}  // namespace akqueue

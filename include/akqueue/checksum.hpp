// CRC-32 (as in gzip): shows whether lines arrived as they were sent, and whether a backup holds what was written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace akqueue {

/// The sum of bytes whose sum is `before`, followed by these bytes.
std::uint32_t crc32_of(std::string_view bytes, std::uint32_t before = 0);

/// A line of the session protocol with its sum, `LINE 1a2b3c4d`.
std::string with_sum(std::string_view line);
/// The line without its sum; nothing if the sum is wrong.
std::optional<std::string_view> without_sum(std::string_view line);

}  // namespace akqueue

// CRC-32 (that of gzip): tells that rows came as they were sent, and that a backup holds what was written.
#pragma once

#include <cstdint>
#include <string_view>

namespace akqueue {

/// The sum of what had the sum `before`, and then these bytes.
std::uint32_t crc32_of(std::string_view bytes, std::uint32_t before = 0);

}  // namespace akqueue

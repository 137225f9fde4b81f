#include "akqueue/protocol.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "akqueue/checksum.hpp"
#include "akqueue/error.hpp"

namespace akqueue::protocol {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int, 256> kValues = [] {
  std::array<int, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int>(i);
  return values;
}();

}  // namespace

std::string base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < have ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += k <= have ? kAlphabet[group >> (18 - 6 * k) & 63u] : '=';
  }
  return text;
}

std::string unbase64(std::string_view text) {
  if (text.size() % 4 != 0) throw Error(ErrorCode::protocol, "a base64 value has the wrong length");
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pad = i >= text.size() - padding;
    const int value = pad ? 0 : kValues[static_cast<unsigned char>(text[i])];
    if (value < 0) throw Error(ErrorCode::protocol, "a base64 value has a character that is not allowed there");
    group = group << 6 | static_cast<std::uint32_t>(value);
    if (i % 4 == 3) {
      for (int shift = 16; shift >= 0; shift -= 8) bytes += static_cast<char>(group >> shift & 0xffu);
      group = 0;
    }
  }
  bytes.resize(bytes.size() - padding);
  return bytes;
}

std::string frame_head(std::string_view bytes) {
  char text[48];
  std::snprintf(text, sizeof text, "%c %zu %08x", kData, bytes.size(), static_cast<unsigned>(crc32_of(bytes)));
  return text;
}

std::optional<FrameHead> read_frame_head(std::string_view line) {
  constexpr std::size_t kDigits = 8;
  if (line.size() < 2 || line[0] != kData || line[1] != ' ') return std::nullopt;
  FrameHead head;
  const char* const end = line.data() + line.size();
  const auto length = std::from_chars(line.data() + 2, end, head.length);
  if (length.ec != std::errc() || length.ptr == end || *length.ptr != ' ' || head.length > kMaxFrame)
    return std::nullopt;
  const auto sum = std::from_chars(length.ptr + 1, end, head.sum, 16);
  const bool whole = sum.ec == std::errc() && sum.ptr == end && std::cmp_equal(end - (length.ptr + 1), kDigits);
  return whole ? std::optional(head) : std::nullopt;
}

}  // namespace akqueue::protocol

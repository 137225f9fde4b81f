// The words of the session protocol (docs/protocol.md), shared by the plugin's client and the replica's server.
// No I/O here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace akqueue::protocol {

inline constexpr int kVersion = 2;
/// The greeting, without its line end.
inline constexpr std::string_view kGreeting = "akqueue-agent 2";
/// The beginning of every greeting of every version.
inline constexpr std::string_view kGreetingName = "akqueue-agent ";
/// The longest line that either side may send, in bytes without the line end; and the largest row of a copy.
inline constexpr std::size_t kMaxLine = 256u << 20;
inline constexpr std::size_t kMaxRow = kMaxLine;
/// A frame of a copy is sent once it holds this many bytes of whole rows.
inline constexpr std::size_t kFrame = 64u << 10;
/// So a frame is at most this large.
inline constexpr std::size_t kMaxFrame = kMaxRow + kFrame;

/// The first byte of each reply line; the second is a space.
inline constexpr char kRow = 'r';
inline constexpr char kData = 'd';
inline constexpr char kOk = '=';
inline constexpr char kFailed = '!';
/// The line that ends the rows of copy_in.
inline constexpr std::string_view kEndOfData = ".";

/// The key of a bytea value: {"b64": "…"}.
inline constexpr std::string_view kBytesKey = "b64";

/// Whether a line carries a sum of its own: a request, the end of a reply, the head of a frame. The sums of a query's
/// rows are in the reply.
inline bool carries_sum(std::string_view line) {
  return !line.empty() &&
         (line.front() == '{' || line.front() == kOk || line.front() == kFailed || line.front() == kData);
}

/// The line before the bytes of a frame: `d LENGTH SUM`, the sum being the CRC-32 of those bytes as eight
/// hexadecimal digits. Without the line's own sum.
std::string frame_head(std::string_view bytes);
struct FrameHead {
  std::size_t length = 0;
  std::uint32_t sum = 0;
};
/// Nothing for a line that is not the head of a frame, or is that of one that is too large.
std::optional<FrameHead> read_frame_head(std::string_view line);

/// Standard base64 with padding.
std::string base64(std::string_view bytes);
/// Its inverse. Throws Error (protocol) for a text that is not base64.
std::string unbase64(std::string_view text);

}  // namespace akqueue::protocol

// The words of the session protocol (docs/protocol.md), shared by the plugin's client and the replica's server.
// No I/O here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace akqueue::protocol {

inline constexpr int kVersion = 1;
/// The greeting, without its line end.
inline constexpr std::string_view kGreeting = "akqueue-agent 1";
/// What every greeting of every version begins with.
inline constexpr std::string_view kGreetingName = "akqueue-agent ";
/// Longest line either side may send, in bytes without the line end.
inline constexpr std::size_t kMaxLine = 256u << 20;

/// The first byte of each reply line; the second is a space.
inline constexpr char kRow = 'r';
inline constexpr char kData = 'd';
inline constexpr char kOk = '=';
inline constexpr char kFailed = '!';
/// The line that ends the rows of copy_in.
inline constexpr std::string_view kEndOfData = ".";

/// The key of a bytea value: {"b64": "…"}.
inline constexpr std::string_view kBytesKey = "b64";

/// Whether a line is a request or ends a reply, and so carries a sum of its own. The sums of rows are in the reply.
inline bool carries_sum(std::string_view line) { return !line.empty() && (line.front() == '{' || line.front() == kOk || line.front() == kFailed); }

/// Standard base64 with padding.
std::string base64(std::string_view bytes);
/// Its inverse. Throws Error (protocol) for what is no base64.
std::string unbase64(std::string_view text);

}  // namespace akqueue::protocol

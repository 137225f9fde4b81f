// Lines, and bytes between them, to and from a peer. Abstract so that tests can put faults between the two ends.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace akqueue::session {

class Channel {
 public:
  virtual ~Channel() = default;

  /// Sends bytes: one line with its end, or the bytes of a frame whose head was the line before.
  virtual void send(std::string_view bytes) = 0;
  /// Sends lines, each with its end, in one go where that is possible.
  virtual void send_lines(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) send(line);
  }
  /// The next line without its end, valid until the next call; nothing if the peer has ended.
  /// Throws Error (lost) when `patience` runs out, (interrupted) on Ctrl-C.
  virtual std::optional<std::string_view> receive(std::chrono::milliseconds patience) = 0;
  /// So many bytes after the last line, valid until the next call; nothing if the peer ends before that. Throws like
  /// receive().
  virtual std::optional<std::string_view> receive_bytes(std::size_t count, std::chrono::milliseconds patience) = 0;
  /// After the end: how the peer ended and what it said on standard error, for an error message.
  struct Ending {
    int status = 0;
    std::string error_text;
  };
  virtual Ending ending() = 0;
};

}  // namespace akqueue::session

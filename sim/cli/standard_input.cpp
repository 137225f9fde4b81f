#include "cli/standard_input.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace akqueue::sim {

bool StandardInput::fill() {
  constexpr std::size_t kPiece = 64 << 10;
  buffer_.erase(0, used_);
  used_ = 0;
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kPiece);
  ssize_t got = 0;
  do { got = ::read(descriptor_, buffer_.data() + before, kPiece); } while (got < 0 && errno == EINTR);
  buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return got > 0;
}

bool StandardInput::read_line(std::string& line) {
  std::size_t searched = 0;
  for (;;) {
    const auto end = buffer_.find('\n', used_ + searched);
    if (end != std::string::npos) {
      line.assign(buffer_, used_, end - used_);
      used_ = end + 1;
      return true;
    }
    searched = buffer_.size() - used_;
    // An unfinished line does not count.
    if (!fill()) return false;
  }
}

bool StandardInput::read_bytes(std::string& bytes, std::size_t count) {
  while (buffer_.size() - used_ < count) {
    if (!fill()) return false;
  }
  bytes.assign(buffer_, used_, count);
  used_ += count;
  return true;
}

bool StandardInput::skip(std::size_t count) {
  while (buffer_.size() - used_ < count) {
    count -= buffer_.size() - used_;
    used_ = buffer_.size();
    if (!fill()) return false;
  }
  used_ += count;
  return true;
}

bool StandardInput::ended() {
  if (used_ < buffer_.size()) return false;
  pollfd waited{descriptor_, POLLIN, 0};
  return ::poll(&waited, 1, 0) > 0 && (waited.revents & POLLHUP) != 0 && (waited.revents & POLLIN) == 0;
}

}  // namespace akqueue::sim

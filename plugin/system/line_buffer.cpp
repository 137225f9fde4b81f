#include "system/line_buffer.hpp"

#include "akqueue/error.hpp"
#include "akqueue/protocol.hpp"

namespace akqueue::system {

void LineBuffer::add(std::string_view bytes) {
  bytes_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  bytes_.append(bytes);
}

std::optional<std::string_view> LineBuffer::take() {
  const auto end = bytes_.find('\n', searched_);
  if (end != std::string::npos) {
    const std::string_view line = std::string_view(bytes_).substr(begin_, end - begin_);
    begin_ = searched_ = end + 1;
    return line;
  }
  searched_ = bytes_.size();
  if (size() > protocol::kMaxLine) throw Error(ErrorCode::protocol, "the session sent a line longer than 256 MiB");
  return std::nullopt;
}

std::optional<std::string_view> LineBuffer::take_bytes(std::size_t count) {
  if (size() < count) return std::nullopt;
  const std::string_view bytes = std::string_view(bytes_).substr(begin_, count);
  begin_ = searched_ = begin_ + count;
  return bytes;
}

void LineBuffer::clear() {
  bytes_.clear();
  begin_ = searched_ = 0;
}

}  // namespace akqueue::system

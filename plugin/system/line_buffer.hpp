// Output of a process that was read but not yet taken, as lines and as bytes between them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace akqueue::system {

class LineBuffer {
 public:
  void add(std::string_view bytes);
  /// The next line without its end, valid until the next call; nothing while there is no whole one. Throws Error
  /// (protocol) for one that is longer than the protocol allows.
  std::optional<std::string_view> take();
  /// So many bytes after the last line, valid until the next call; nothing until all of them are there.
  std::optional<std::string_view> take_bytes(std::size_t count);
  /// What follows the last line that was taken.
  std::string rest() const { return bytes_.substr(begin_); }
  std::size_t size() const { return bytes_.size() - begin_; }
  void clear();

 private:
  std::string bytes_;
  std::size_t begin_ = 0;     ///< everything before was taken
  std::size_t searched_ = 0;  ///< no line ends between there and here
};

}  // namespace akqueue::system

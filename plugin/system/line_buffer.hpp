// Output of a process that was read and not yet taken, as lines and as bytes between them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace akqueue {

class LineBuffer {
 public:
  void add(std::string_view bytes);
  /// The next line without its end, valid until the next call; nothing while none is whole. Throws Error (protocol) for
  /// one that is longer than any of the protocol.
  std::optional<std::string_view> take();
  /// So many bytes behind the last line, valid until the next call; nothing while they are not all there.
  std::optional<std::string_view> take_bytes(std::size_t count);
  /// What stands behind the last line that was taken.
  std::string rest() const { return bytes_.substr(begin_); }
  std::size_t size() const { return bytes_.size() - begin_; }
  void clear();

 private:
  std::string bytes_;
  std::size_t begin_ = 0;     ///< what is before was taken
  std::size_t searched_ = 0;  ///< no line ends between there and here
};

}  // namespace akqueue

// Windows: our end of a pipe to a child. An operation on it is begun, and its result is read when its event is set.
#pragma once

#include <optional>

#include "system/windows.hpp"

namespace akqueue::system {

class OverlappedPipe {
 public:
  /// The child's end: closed here as soon as the child has it.
  struct Ends;
  enum class Direction { to_child, from_child };

  explicit OverlappedPipe(Handle pipe)
      : pipe_(std::move(pipe)), event_(::CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}
  OverlappedPipe(OverlappedPipe&&) = delete;
  ~OverlappedPipe() { close(); }

  bool is_open() const { return static_cast<bool>(pipe_); }
  /// Whether an operation is under way, or has ended and its result was not read yet.
  bool busy() const { return busy_; }
  HANDLE event() const { return event_.get(); }
  bool ready() const { return busy_ && ::WaitForSingleObject(event_.get(), 0) == WAIT_OBJECT_0; }

  /// The bytes must stay where they are until result() or close(). One operation at a time.
  void begin_read(char* bytes, std::size_t size);
  void begin_write(const char* bytes, std::size_t size);
  /// How many bytes were transferred, once it is ready(); nothing if the other end is gone.
  std::optional<std::size_t> result();
  /// First ends an operation that is under way.
  void close();

 private:
  void begun(bool ended_at_once);

  Handle pipe_;
  Handle event_;
  OVERLAPPED operation_{};
  bool busy_ = false;
};

/// Both ends: ours, which does not block, and the child's, which a child inherits.
struct OverlappedPipe::Ends {
  Handle ours;
  Handle childs;
};

/// Throws nothing; both ends are empty if it can't be made.
OverlappedPipe::Ends make_pipe(OverlappedPipe::Direction direction);

}  // namespace akqueue::system

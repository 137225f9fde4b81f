// Hands pieces of a file to a thread of its own, in order: whoever makes them goes on with the next ones meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace akqueue::backup {

class WriteBehind {
 public:
  /// `write` is called on the thread, for one piece after another, until it throws.
  using Write = std::function<void(std::string_view piece)>;
  explicit WriteBehind(Write write);
  /// Pieces that were given and not yet begun are dropped.
  ~WriteBehind();
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  /// Takes a piece and leaves an empty text. Waits while two others are waiting: what is held in memory stays constant.
  /// Throws what `write` threw for an earlier one, which was the last that it was called for.
  void give(std::string& piece);
  /// Until `write` has returned for all pieces. Throws like give().
  void wait();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace akqueue::backup

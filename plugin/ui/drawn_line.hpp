// A line at the end of what a terminal shows, drawn over itself as things go on and taken away at last.
#pragma once

#include <string>

#include "ui/terminal.hpp"

namespace akqueue {

class DrawnLine {
 public:
  explicit DrawnLine(Terminal& terminal) : terminal_(terminal) {}
  ~DrawnLine() { clear(); }
  DrawnLine(const DrawnLine&) = delete;
  DrawnLine& operator=(const DrawnLine&) = delete;

  /// Draws `words` and behind them `end`, on standard error. Wider than the terminal the line would wrap, and could not
  /// be taken away: `words` are cut.
  void draw(const std::string& words, const std::string& end = {});
  /// Takes it away: what follows stands in its place.
  void clear();
  bool drawn() const { return drawn_; }

 private:
  Terminal& terminal_;
  bool drawn_ = false;
};

}  // namespace akqueue

// A line at the end of what a terminal shows, drawn over itself as things go on and taken away at last.
#pragma once

#include "ui/terminal.hpp"

namespace akqueue::ui {

class DrawnLine {
 public:
  explicit DrawnLine(Terminal& terminal) : terminal_(terminal), drawing_(terminal) {}
  ~DrawnLine() { clear(); }
  DrawnLine(const DrawnLine&) = delete;
  DrawnLine& operator=(const DrawnLine&) = delete;

  /// Draws `words` and behind them `end`, on standard error. Wider than the terminal the line would wrap, and could not
  /// be taken away: `words` are cut.
  void draw(const Text& words, const Text& end = {});
  /// Takes it away: what follows stands in its place.
  void clear();
  bool drawn() const { return drawn_; }

 private:
  Terminal& terminal_;
  Terminal::Drawing drawing_;
  bool drawn_ = false;
};

}  // namespace akqueue::ui

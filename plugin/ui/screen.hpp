// Frames of lines on a full screen, without flicker: only the lines that changed are written, in one piece.
#pragma once

#include <vector>

#include "ui/terminal.hpp"

namespace akqueue::ui {

/// A line of a frame. `text` has no colours of its own.
struct ScreenLine {
  enum class Look { plain, strong, faint, warning, inverse };
  Text text = {};
  Look look = Look::plain;
  bool operator==(const ScreenLine&) const = default;
};

using Frame = std::vector<ScreenLine>;

class Screen {
 public:
  /// `colours`: whether a warning may be yellow; bold and inverse are always allowed.
  Screen(FullScreen& screen, bool colours) : screen_(screen), colours_(colours) {}

  TerminalSize size() const { return screen_.size(); }
  /// Draws `frame`: what does not fit is cut at the right and at the bottom.
  void draw(const Frame& frame);
  /// The terminal's bell.
  void ring() { screen_.write("\a"); }

 private:
  Text draw_line(const ScreenLine& line, std::size_t width) const;

  FullScreen& screen_;
  bool colours_;
  TerminalSize drawn_size_{0, 0};
  Frame drawn_;
};

}  // namespace akqueue::ui

// Who shows the board of several sites: lines, documents, or a full screen.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "commands/watch/board.hpp"
#include "commands/watch/watch_request.hpp"

namespace akqueue::commands {

/// In the main thread.
class BoardShow {
 public:
  virtual ~BoardShow() = default;
  virtual void show(const std::vector<BoardLine>& lines) = 0;
  virtual void idle(std::chrono::milliseconds length) = 0;
  virtual bool quit() const { return false; }
};

/// On `full` where there is one.
std::unique_ptr<BoardShow> board_show_for(const cli::Environment& environment, std::unique_ptr<ui::FullScreen> full,
                                          OutputFormat output, const BoardTitle& title);

}  // namespace akqueue::commands

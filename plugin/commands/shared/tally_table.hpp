// The table of what went or came back: actors down, states across.
#pragma once

#include "backup/sink.hpp"
#include "ui/terminal.hpp"

namespace akqueue::commands {

/// Of more actors the rest share a line.
inline constexpr std::size_t kActorsShown = 15;

/// States in the order of a task's life, the actors with the most first, the rest in one line. Empty for an empty
/// tally. `header` stands over the sums.
ui::Text draw_tally(const ui::Terminal& terminal, const backup::Tally& tally, const ui::Text& header);

}  // namespace akqueue::commands

#include "commands/shared/taken_words.hpp"

#include <vector>

namespace akqueue::commands {

ui::Text taken_words(const TakenCounts& counts) {
  std::vector<ui::Text> words{ui::format_text("{} held by live workers", with_separators(counts.held))};
  if (counts.stranded > 0)
    words.push_back(
        ui::format_text("{} stranded (locked, but no worker is behind the lock)", with_separators(counts.stranded)));
  if (counts.ending > 0) words.push_back(ui::format_text("{} just ending", with_separators(counts.ending)));
  words.push_back(ui::format_text("{} orphaned", with_separators(counts.orphaned)));
  return ui::joined(words);
}

}  // namespace akqueue::commands

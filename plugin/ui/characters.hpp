// Text as characters: where one ends, how wide it is, whether it can be seen. The only file that knows utf8proc.
#pragma once

#include <cstddef>
#include <string_view>

namespace akqueue::ui {

struct Character {
  std::size_t bytes = 1;
  char32_t value = 0;
  bool well_formed = true;  ///< false: one byte that is not UTF-8
};

/// The one at the front of `text`, which is not empty.
Character first_character(std::string_view text);

/// Whether a person sees it where it stands and nothing else happens: no control, no format character (which reorder,
/// join or tag text), no line end of any kind, nothing that fonts leave out, nothing that Unicode has not assigned.
bool can_be_seen(char32_t value);

/// Columns of a terminal: 2 for most of Chinese, Japanese, Korean and emoji, 0 for an accent that goes onto the
/// character before it and for what can't be seen, else 1.
std::size_t columns_of_character(char32_t value);

}  // namespace akqueue::ui

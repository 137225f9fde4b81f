// How the cells of a column are ordered.
#pragma once

#include <string_view>

namespace akqueue::ui {

/// Whether `one` comes before `other`: counts, shares, sizes and times by what they are worth as far as they are shown
/// (`1,200`, `<1%`, `1.2 GiB`, `3d4h`), all else as text behind them, what is missing at the end.
bool cell_before(std::string_view one, std::string_view other);

}  // namespace akqueue::ui

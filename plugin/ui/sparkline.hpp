// A curve in one line: ▁▂▃▄▅▆▇█.
#pragma once

#include <vector>

#include "ui/text.hpp"

namespace akqueue::ui {

/// One column for each value, the last `width` of them: the least of these is the lowest bar, the most the highest. All
/// the same: one height, the lowest for zeros. Values that are not numbers are a blank.
Text sparkline(const std::vector<double>& values, std::size_t width);

}  // namespace akqueue::ui

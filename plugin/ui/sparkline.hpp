// A curve in one line: ▁▂▃▄▅▆▇█.
#pragma once

#include <string>
#include <vector>

namespace akqueue {

/// One column for each value, the last `width` of them: the least of these is the lowest bar, the most the highest. All
/// the same: one height, the lowest for zeros. Values that are no numbers are a blank.
std::string sparkline(const std::vector<double>& values, std::size_t width);

}  // namespace akqueue

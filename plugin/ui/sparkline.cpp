#include "ui/sparkline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

namespace akqueue::ui {
namespace {

constexpr std::array<const char*, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

}  // namespace

Text sparkline(const std::vector<double>& values, std::size_t width) {
  const std::span<const double> drawn = std::span(values).last(std::min(width, values.size()));
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  for (const double value : drawn) {
    if (std::isfinite(value)) least = std::min(least, value), most = std::max(most, value);
  }
  Text line;
  for (const double value : drawn) {
    if (!std::isfinite(value)) {
      line += " ";
    } else if (most <= least) {
      line += kBars[most > 0 ? 3 : 0];
    } else {
      line += kBars[static_cast<std::size_t>(std::lround((value - least) / (most - least) * (kBars.size() - 1)))];
    }
  }
  return line;
}

}  // namespace akqueue::ui

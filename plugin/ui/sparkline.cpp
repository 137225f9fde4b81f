#include "ui/sparkline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace akqueue {
namespace {

constexpr std::array<const char*, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

}  // namespace

std::string sparkline(const std::vector<double>& values, std::size_t width) {
  const std::span<const double> shown = std::span(values).last(std::min(width, values.size()));
  double least = INFINITY;
  double most = -INFINITY;
  for (const double value : shown) {
    if (std::isfinite(value)) least = std::min(least, value), most = std::max(most, value);
  }
  std::string line;
  for (const double value : shown) {
    if (!std::isfinite(value)) {
      line += ' ';
    } else if (most <= least) {
      line += kBars[most > 0 ? 3 : 0];
    } else {
      line += kBars[static_cast<std::size_t>(std::lround((value - least) / (most - least) * (kBars.size() - 1)))];
    }
  }
  return line;
}

}  // namespace akqueue

#include "akqueue/quantity.hpp"

#include <charconv>
#include <utility>

namespace akqueue {

std::optional<Quantity> Quantity::parse(std::string_view text) {
  static constexpr std::pair<std::string_view, double> kQuantityUnits[] = {
      {"", 1e3},   {"m", 1},       {"k", 1e6},        {"M", 1e9},           {"G", 1e12},
      {"T", 1e15}, {"Ki", 1024e3}, {"Mi", 1048576e3}, {"Gi", 1073741824e3}, {"Ti", 1099511627776e3}};
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (failure != std::errc() || number < 0) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& [name, milli] : kQuantityUnits) {
    if (name == unit && number * milli < 9e18) return Quantity{static_cast<std::int64_t>(number * milli)};
  }
  return std::nullopt;
}

}  // namespace akqueue

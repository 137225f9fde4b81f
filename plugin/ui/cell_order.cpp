#include "ui/cell_order.hpp"

#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace akqueue::ui {
namespace {

/// Of units, in bytes or seconds; none and `%` are 1. Cells of one column have units of one kind.
constexpr std::array<std::pair<std::string_view, double>, 14> kUnits{{{"", 1},
                                                                      {"%", 1},
                                                                      {"B", 1},
                                                                      {"KiB", 1024.0},
                                                                      {"MiB", 1024.0 * 1024},
                                                                      {"GiB", 1024.0 * 1024 * 1024},
                                                                      {"TiB", 1024.0 * 1024 * 1024 * 1024},
                                                                      {"PiB", 1024.0 * 1024 * 1024 * 1024 * 1024},
                                                                      {"ms", 0.001},
                                                                      {"s", 1},
                                                                      {"m", 60},
                                                                      {"h", 3600},
                                                                      {"d", 86400},
                                                                      {"w", 604800}}};

std::optional<double> worth_of_unit(std::string_view unit) {
  for (const auto& known : kUnits) {
    if (known.first == unit) return known.second;
  }
  return std::nullopt;
}

bool in_number(char sign) { return (sign >= '0' && sign <= '9') || sign == ',' || sign == '.'; }
bool in_unit(char sign) { return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') || sign == '%'; }

/// Takes a number and its unit, `3d` of `3d4h` or `1.2 GiB`, from the front.
std::optional<double> take_quantity(std::string_view& text) {
  std::string digits;
  std::size_t at = 0;
  for (; at < text.size() && in_number(text[at]); ++at) {
    if (text[at] != ',') digits += text[at];
  }
  // What comes behind `3m, dead` is no part of the number.
  if (at > 0 && text[at - 1] == ',') --at;
  if (digits.empty() || digits.find('.') != digits.rfind('.')) return std::nullopt;
  std::size_t unit = at < text.size() && text[at] == ' ' ? at + 1 : at;
  std::size_t end = unit;
  while (end < text.size() && in_unit(text[end])) ++end;
  auto worth = worth_of_unit(text.substr(unit, end - unit));
  if (!worth && unit > at) worth = 1, end = at;  // `3 of 4`
  if (!worth) return std::nullopt;
  text.remove_prefix(end);
  return std::strtod(digits.c_str(), nullptr) * *worth;
}

std::optional<double> value_of(std::string_view text) {
  if (text == "now") return 0;
  const bool less = text.starts_with('<');
  for (const std::string_view before : {"<", "~", "in "}) {
    if (text.starts_with(before)) text.remove_prefix(before.size());
  }
  double sum = 0;
  do {
    const auto part = take_quantity(text);
    if (!part) return std::nullopt;
    sum += *part;
  } while (!text.empty() && in_number(text.front()) && text.front() != ',');
  // An id or a version is not a number.
  if (!text.empty() && text.front() != ' ' && text.front() != ',') return std::nullopt;
  return less ? sum / 2 : sum;
}

/// Numbers, texts, what is missing.
int rank_of(std::string_view text, const std::optional<double>& value) { return value ? 0 : text == "<none>" ? 2 : 1; }

}  // namespace

bool cell_before(std::string_view one, std::string_view other) {
  const auto left = value_of(one);
  const auto right = value_of(other);
  const int first = rank_of(one, left);
  const int second = rank_of(other, right);
  if (first != second) return first < second;
  return left ? *left < *right : one < other;
}

}  // namespace akqueue::ui

// What the fuzz targets share. What is expected of foreign bytes is an Error; anything else that ends a target is a
// finding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/error.hpp"

namespace akqueue::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// Whether an Error, which is as it should be, ended the action.
template <class Action>
bool refused(const Action& action) {
  try {
    action();
    return false;
  } catch (const Error&) { return true; }
}

/// A property that must hold of whatever came in.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// Nothing in it can move a cursor.
inline void require_harmless(std::string_view shown) {
  for (const char c : shown) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace akqueue::fuzz

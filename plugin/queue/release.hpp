// What releases of authentik do in different ways, where their tables don't tell.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace akqueue::queue {

/// 202608 of `2026.8.1`; nothing for what is not a version of authentik.
inline std::optional<int> release_number(std::string_view version) {
  const auto dot = version.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  int year = 0;
  int month = 0;
  const auto read = [](std::string_view text, int& number) {
    return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
  };
  if (!read(version.substr(0, dot), year) || !read(version.substr(dot + 1), month)) return std::nullopt;
  return year * 100 + month;
}

/// From here on the scheduler passes over a schedule that has an unfinished task.
inline constexpr int kSkipsUnfinished = 202602;
/// From here on a pause of a schedule outlives the start of a worker.
inline constexpr int kKeepsPauses = 202608;

}  // namespace akqueue::queue

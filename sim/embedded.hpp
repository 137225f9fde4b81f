// Files that the build puts into the binary: fixtures/scenarios/*.json, fixtures/schema/*.json, world/schedules.json.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

namespace akqueue::sim {

struct EmbeddedFile {
  std::string_view name;  ///< folder and name, like `scenarios/calm.json`
  std::string_view text;
};

/// All of them, in the order of their names within a folder. The definition is generated (CMakeLists.txt).
std::span<const EmbeddedFile> embedded_files();

/// The text of one of them.
inline std::optional<std::string_view> embedded_file(std::string_view name) {
  const auto files = embedded_files();
  const auto found = std::ranges::find(files, name, &EmbeddedFile::name);
  return found == files.end() ? std::nullopt : std::optional(found->text);
}

}  // namespace akqueue::sim

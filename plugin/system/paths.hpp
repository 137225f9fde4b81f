// Paths as texts. A text is UTF-8 everywhere; a path on Windows is UTF-16, and its narrow functions convert by the
// machine's code page. So paths are made from texts, and texts from paths, only here.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace akqueue::system {

std::filesystem::path path_of(std::string_view text);
std::string text_of(const std::filesystem::path& path);

}  // namespace akqueue::system

// Texts that name paths. A text is UTF-8 everywhere; a path on Windows is UTF-16, and what its narrow functions make of
// a text depends on the machine's code page. So nothing else makes paths of texts, or texts of paths.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace akqueue {

std::filesystem::path path_of(std::string_view text);
std::string text_of(const std::filesystem::path& path);

}  // namespace akqueue

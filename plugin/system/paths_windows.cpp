#include "system/paths.hpp"
#include "system/windows.hpp"

namespace akqueue::system {

std::filesystem::path path_of(std::string_view text) { return {wide(text)}; }

std::string text_of(const std::filesystem::path& path) { return utf8(path.native()); }

}  // namespace akqueue::system

#include "system/paths.hpp"

namespace akqueue::system {

std::filesystem::path path_of(std::string_view text) { return {text}; }

std::string text_of(const std::filesystem::path& path) { return path.native(); }

}  // namespace akqueue::system

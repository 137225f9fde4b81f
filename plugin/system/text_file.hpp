// Text files of this machine that anybody could have put anything in place of: only a regular file is read, never
// waited for, and never more of it than fits.
//
// What fails throws FileFailure (file.hpp).
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace akqueue {

/// The first `most` bytes of it.
std::string beginning_of(const std::filesystem::path& path, std::size_t most);

/// Each line without its end, the last one with or without one. Lines of more than `longest` bytes are passed over.
void each_line(const std::filesystem::path& path, std::size_t longest,
               const std::function<void(std::string_view)>& on_line);

}  // namespace akqueue

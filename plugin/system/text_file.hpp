// Text files of this machine. Somebody may have replaced one by anything: only a regular file is read, without ever
// blocking, and never more of it than fits.
//
// Failures throw FileFailure (file.hpp).
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace akqueue::system {

/// The first `most` bytes of it.
std::string beginning_of(const std::filesystem::path& path, std::size_t most);

/// Each line without its end, the last one with or without one. Lines of more than `longest` bytes are passed over.
void each_line(const std::filesystem::path& path, std::size_t longest,
               const std::function<void(std::string_view)>& on_line);

/// Whom a replaced file is meant for: those who read it next, or also who comes after a power cut.
enum class Reaches { readers, disk };

/// Replaces the file of that name, or makes it, for this user alone: a reader sees the old content or the new one.
void replace_file(const std::filesystem::path& path, std::string_view text, Reaches reaches);

}  // namespace akqueue::system

// Places that are this user's alone. Backups hold what tasks hold, and what is restored from them goes into a database.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace akqueue {

/// Where a program keeps its state for this user; empty where no variable says.
std::filesystem::path usual_state_folder();
/// Those variables: `neither … nor …`.
extern const std::string_view kStateVariables;

/// Makes it for this user alone, and what is missing above it. It may be there already. Throws FileFailure.
void make_private_folder(const std::filesystem::path& path);
/// Throws Error: (refused) where it is no folder, is somebody else's or others may look into it; FileFailure where it can't
/// be looked at or written into.
void check_private_folder(const std::filesystem::path& path);
/// Throws Error (refused) for what is no file, or one that others could have written; FileFailure where it is not there.
void check_own_file(const std::filesystem::path& path);
bool can_write_into(const std::filesystem::path& folder);
/// The names in a folder are on the disk when this returns, as far as the system can promise it.
void sync_folder(const std::filesystem::path& folder) noexcept;

}  // namespace akqueue

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

/// Makes it for this user alone whatever the umask, and what is missing above it in the same way; their names are on
/// the disk then. It may be there already. Throws FileFailure.
void make_private_folder(const std::filesystem::path& path);
/// Throws Error: (refused) where it is no folder, is somebody else's or others may look into it; FileFailure where it
/// can't be looked at or written into.
void check_private_folder(const std::filesystem::path& path);
/// Throws Error (refused) where others could put another folder in the place of this one, or of one above it: one that
/// is somebody else's, or that others may write into without the sticky bit. Links are followed; what is not there yet
/// is passed over. A user's own group may write, and so may everybody into the root of a volume that is mounted for a
/// container. FileFailure where it can't be looked at. On Windows folders hand their rules down, and this does nothing.
void check_folders_above(const std::filesystem::path& path);
/// Throws Error (refused) for what is no file, or one that others could have written; FileFailure where it is not there
/// or can't be read. Whoever goes on to read it opens it first, and asks File::check_own().
void check_own_file(const std::filesystem::path& path);
bool can_write_into(const std::filesystem::path& folder);
/// The names in a folder are on the disk when this returns, as far as the system can promise it. False where the disk
/// says that they are not.
[[nodiscard]] bool sync_folder(const std::filesystem::path& folder) noexcept;

}  // namespace akqueue

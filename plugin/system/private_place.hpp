// Places for this user alone. Backups hold what tasks hold, and what is restored from them goes into a database.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace akqueue::system {

/// Where a program keeps its state for this user; empty if no variable says.
std::filesystem::path usual_state_folder();
/// Those variables: `neither … nor …`.
extern const std::string_view kStateVariables;

/// Where a program keeps this user's configuration; empty if no variable says.
std::filesystem::path usual_config_folder();
/// Those variables: `neither … nor …`.
extern const std::string_view kConfigVariables;

/// Creates it for this user alone, whatever the umask, and missing folders above it in the same way; their names are
/// then on the disk. It may exist already. Throws FileFailure.
void make_private_folder(const std::filesystem::path& path);
/// Throws Error: (refused) if it is not a folder, belongs to somebody else or others may look into it; FileFailure if
/// it can't be looked at or written into.
void check_private_folder(const std::filesystem::path& path);
/// Throws Error (refused) if others could replace this folder or one above it: if a folder above belongs to somebody
/// else, or others may write into it and it has no sticky bit. Links are followed; what does not exist yet is passed
/// over. A user's own group may write, and so may everybody in the root of a volume that is mounted for a container.
/// FileFailure if it can't be looked at. On Windows folders inherit their rules, and this does nothing.
void check_folders_above(const std::filesystem::path& path);
/// Throws Error (refused) if it is not a file, or others could have written it; FileFailure if it does not exist or
/// can't be read. To read it afterwards, open it first and call File::check_own().
void check_own_file(const std::filesystem::path& path);
bool can_write_into(const std::filesystem::path& folder);
/// The names in a folder are on the disk when this returns, as far as the system can promise that. False if the disk
/// reports that they are not.
[[nodiscard]] bool sync_folder(const std::filesystem::path& folder) noexcept;

}  // namespace akqueue::system

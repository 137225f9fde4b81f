#include "system/private_place.hpp"

#include "system/windows.hpp"

#include "akqueue/error.hpp"
#include "system/file.hpp"
#include "system/paths.hpp"
#include "system/surroundings.hpp"

namespace akqueue::system {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_at_place(DWORD error = ::GetLastError()) {
  throw FileFailure(reason_of(error), error == ERROR_DISK_FULL || error == ERROR_HANDLE_DISK_FULL);
}

}  // namespace

const std::string_view kStateVariables = "neither XDG_STATE_HOME nor LOCALAPPDATA";

fs::path usual_state_folder() {
  for (const char* const variable : {"XDG_STATE_HOME", "LOCALAPPDATA"}) {
    if (fs::path state = path_of(environment_variable(variable).value_or("")); state.is_absolute())
      return state.make_preferred();
  }
  return {};
}

const std::string_view kConfigVariables = "neither XDG_CONFIG_HOME nor APPDATA";

fs::path usual_config_folder() {
  for (const char* const variable : {"XDG_CONFIG_HOME", "APPDATA"}) {
    if (fs::path config = path_of(environment_variable(variable).value_or("")); config.is_absolute())
      return config.make_preferred();
  }
  return {};
}

void make_private_folder(const fs::path& path) {
  PrivateToUser only;
  const fs::path above = path.parent_path();
  if (::CreateDirectoryW(path.c_str(), only.attributes()) == 0) {
    if (::GetLastError() == ERROR_ALREADY_EXISTS) return;
    if (::GetLastError() != ERROR_PATH_NOT_FOUND || above.empty() || above == path) fail_at_place();
    make_private_folder(above);
    if (::CreateDirectoryW(path.c_str(), only.attributes()) == 0 && ::GetLastError() != ERROR_ALREADY_EXISTS)
      fail_at_place();
  }
  if (!sync_folder(above)) throw FileFailure("its name can't be written to the disk", false);
}

void check_private_folder(const fs::path& path) {
  const std::string name = text_of(path);
  const Security security(path);
  if (!fs::is_directory(path)) throw Error(ErrorCode::refused, name + " is not a directory");
  if (!security.is_ours())
    throw Error(ErrorCode::refused, name + " belongs to another user", "set XDG_STATE_HOME to a directory of your own");
  if (security.public_may(Security::kMayRead | Security::kMayWrite))
    throw Error(ErrorCode::refused, "others can look into " + name, take_public_away(name, "(OI)(CI)F"));
  if (!can_write_into(path)) fail_at_place(ERROR_ACCESS_DENIED);
}

void check_own_file(const fs::path& path) {
  if (fs::is_directory(path))
    throw Error(ErrorCode::refused, text_of(path) + " is not a file");  // a folder opens differently
  File::read(path).check_own(text_of(path));
}

void check_folders_above(const fs::path&) {}

/// The rules of a folder are hard to evaluate; better to try, with a file that is deleted when it is closed.
bool can_write_into(const fs::path& folder) {
  const fs::path probe = folder / (L"akqueue-" + std::to_wstring(::GetCurrentProcessId()) + L".tmp");
  return static_cast<bool>(Handle(::CreateFileW(probe.c_str(), GENERIC_WRITE | DELETE, 0, nullptr, CREATE_ALWAYS,
                                                FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, nullptr)));
}

/// NTFS writes a new name with the rest of what File::sync() flushes; other file systems are asked once more.
bool sync_folder(const fs::path& folder) noexcept {
  const Handle opened(::CreateFileW(folder.c_str(), GENERIC_WRITE,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                    FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  if (opened) ::FlushFileBuffers(opened.get());  // not every file system supports it
  return true;
}

}  // namespace akqueue::system

#include "system/private_place.hpp"

#include "system/windows.hpp"

// Behind windows.h.
#include <aclapi.h>
#include <sddl.h>

#include <array>

#include "akqueue/error.hpp"
#include "system/file.hpp"
#include "system/paths.hpp"
#include "system/surroundings.hpp"

namespace akqueue {
namespace {

namespace fs = std::filesystem;

constexpr DWORD kMayRead = FILE_READ_DATA | GENERIC_READ | GENERIC_ALL;
constexpr DWORD kMayWrite = FILE_WRITE_DATA | FILE_APPEND_DATA | WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL;

[[noreturn]] void fail(DWORD error = ::GetLastError()) { throw FileFailure(reason_of(error), error == ERROR_DISK_FULL || error == ERROR_HANDLE_DISK_FULL); }

bool is(PSID sid, WELL_KNOWN_SID_TYPE kind) { return ::IsWellKnownSid(sid, kind) != 0; }

/// Everybody, or everybody who can log on. Single people and groups are there because somebody wanted them there.
bool is_the_public(PSID sid) {
  constexpr std::array kPublic{WinWorldSid, WinAuthenticatedUserSid, WinBuiltinUsersSid, WinBuiltinGuestsSid, WinInteractiveSid, WinNetworkSid, WinAnonymousSid};
  for (const WELL_KNOWN_SID_TYPE kind : kPublic) {
    if (is(sid, kind)) return true;
  }
  return false;
}

/// Who owns a file or a folder and who may do what with it.
class Security {
 public:
  explicit Security(const fs::path& path) {
    const DWORD error = ::GetNamedSecurityInfoW(path.c_str(), SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner_, nullptr, &rules_, nullptr, &descriptor_);
    if (error != ERROR_SUCCESS) fail(error);
  }
  ~Security() { ::LocalFree(descriptor_); }
  Security(const Security&) = delete;
  Security& operator=(const Security&) = delete;

  /// What an administrator makes belongs to the administrators.
  bool is_ours() const {
    if (is(owner_, WinBuiltinAdministratorsSid) || is(owner_, WinLocalSystemSid)) return true;
    wchar_t* text = nullptr;
    if (::ConvertSidToStringSidW(owner_, &text) == 0) return false;
    const bool same = own_sid() == text;
    ::LocalFree(text);
    return same;
  }

  /// File systems without rules (FAT) give everything to everybody.
  bool public_may(DWORD access) const {
    if (rules_ == nullptr) return true;
    for (DWORD i = 0; i < rules_->AceCount; ++i) {
      void* rule = nullptr;
      if (::GetAce(rules_, i, &rule) == 0) continue;
      auto* const allowed = static_cast<ACCESS_ALLOWED_ACE*>(rule);
      // Those of other kinds deny, or are of no file system that keeps backups; some count only for what is made inside.
      if (allowed->Header.AceType != ACCESS_ALLOWED_ACE_TYPE || (allowed->Header.AceFlags & INHERIT_ONLY_ACE) != 0) continue;
      if ((allowed->Mask & access) != 0 && is_the_public(&allowed->SidStart)) return true;
    }
    return false;
  }

 private:
  PSID owner_ = nullptr;
  PACL rules_ = nullptr;
  PSECURITY_DESCRIPTOR descriptor_ = nullptr;
};

std::string take_away(const std::string& name, const std::string& rights) { return "icacls \"" + name + "\" /inheritance:r /grant:r \"%USERNAME%:" + rights + "\""; }

}  // namespace

const std::string_view kStateVariables = "neither XDG_STATE_HOME nor LOCALAPPDATA";

fs::path usual_state_folder() {
  for (const char* const variable : {"XDG_STATE_HOME", "LOCALAPPDATA"}) {
    if (fs::path state = path_of(environment_variable(variable).value_or("")); state.is_absolute()) return state.make_preferred();
  }
  return {};
}

void make_private_folder(const fs::path& path) {
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  PrivateToUser only;
  if (::CreateDirectoryW(path.c_str(), only.attributes()) == 0 && ::GetLastError() != ERROR_ALREADY_EXISTS) fail();
}

void check_private_folder(const fs::path& path) {
  const std::string name = text_of(path);
  const Security security(path);
  if (!fs::is_directory(path)) throw Error(ErrorCode::refused, name + " is no directory");
  if (!security.is_ours()) throw Error(ErrorCode::refused, name + " belongs to another user", "set XDG_STATE_HOME to a directory of your own");
  if (security.public_may(kMayRead | kMayWrite)) throw Error(ErrorCode::refused, "others may look into " + name, take_away(name, "(OI)(CI)F"));
  if (!can_write_into(path)) fail(ERROR_ACCESS_DENIED);
}

void check_own_file(const fs::path& path) {
  const std::string name = text_of(path);
  const Security security(path);
  if (!fs::is_regular_file(path)) throw Error(ErrorCode::refused, name + " is no file");
  if (!security.is_ours() || security.public_may(kMayWrite)) {
    throw Error(ErrorCode::refused, "others could have written " + name, "look at it; then make it yours: " + take_away(name, "F"));
  }
}

/// The rules of a folder can't be summed up as well as asked: with a file that goes when it is closed.
bool can_write_into(const fs::path& folder) {
  const fs::path probe = folder / (L"akqueue-" + std::to_wstring(::GetCurrentProcessId()) + L".tmp");
  return static_cast<bool>(Handle(::CreateFileW(probe.c_str(), GENERIC_WRITE | DELETE, 0, nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, nullptr)));
}

/// NTFS writes a new name with the rest of what File::sync() flushes; for others this asks once more.
void sync_folder(const fs::path& folder) noexcept {
  const Handle opened(::CreateFileW(folder.c_str(), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  if (opened) ::FlushFileBuffers(opened.get());
}

}  // namespace akqueue

#include "system/windows.hpp"

#include <aclapi.h>
#include <sddl.h>

#include <array>
#include <stdexcept>
#include <vector>

#include "system/file.hpp"

namespace akqueue::system {
namespace {

bool is(PSID sid, WELL_KNOWN_SID_TYPE kind) { return ::IsWellKnownSid(sid, kind) != 0; }

/// Rules for single people and groups are there because somebody wanted them.
bool is_the_public(PSID sid) {
  constexpr std::array kPublic{WinWorldSid,       WinAuthenticatedUserSid, WinBuiltinUsersSid, WinBuiltinGuestsSid,
                               WinInteractiveSid, WinNetworkSid,           WinAnonymousSid};
  for (const WELL_KNOWN_SID_TYPE kind : kPublic) {
    if (is(sid, kind)) return true;
  }
  return false;
}

constexpr SECURITY_INFORMATION kOwnerAndRules = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;

void check(DWORD error) {
  if (error != ERROR_SUCCESS) throw FileFailure(reason_of(error), false);
}

}  // namespace

std::wstring wide(std::string_view text) {
  if (text.empty()) return {};
  const int size = static_cast<int>(text.size());
  std::wstring result(static_cast<std::size_t>(::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, nullptr, 0)),
                      L'\0');
  ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, result.data(), static_cast<int>(result.size()));
  return result;
}

std::string utf8(std::wstring_view text) {
  if (text.empty()) return {};
  const int size = static_cast<int>(text.size());
  std::string result(
      static_cast<std::size_t>(::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr)),
      '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, result.data(), static_cast<int>(result.size()), nullptr,
                        nullptr);
  return result;
}

std::string reason_of(DWORD error) {
  wchar_t* text = nullptr;
  const DWORD size =
      ::FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
                       nullptr, error, 0, reinterpret_cast<wchar_t*>(&text), 0, nullptr);
  std::string reason = utf8(std::wstring_view(text, size));
  ::LocalFree(text);
  while (!reason.empty() &&
         (reason.back() == '\n' || reason.back() == '\r' || reason.back() == ' ' || reason.back() == '.'))
    reason.pop_back();
  return reason.empty() ? "error " + std::to_string(error) : reason;
}

std::wstring own_sid() {
  HANDLE opened = nullptr;
  if (::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &opened) == 0) return {};
  const Handle token(opened);
  DWORD size = 0;
  ::GetTokenInformation(token.get(), TokenUser, nullptr, 0, &size);
  std::vector<unsigned char> user(size);
  if (::GetTokenInformation(token.get(), TokenUser, user.data(), size, &size) == 0) return {};
  wchar_t* text = nullptr;
  if (::ConvertSidToStringSidW(reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid, &text) == 0) return {};
  std::wstring sid(text);
  ::LocalFree(text);
  return sid;
}

PrivateToUser::PrivateToUser() {
  // P: nothing is inherited; FA: everything; OICI: inherited by what is created inside; SY and BA: the system,
  // administrators.
  std::wstring rules = L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";
  const std::wstring user = own_sid();
  rules += L"(A;OICI;FA;;;" + (user.empty() ? L"OW" : user) + L")";
  if (::ConvertStringSecurityDescriptorToSecurityDescriptorW(rules.c_str(), SDDL_REVISION_1, &descriptor_, nullptr) ==
      0) {
    throw std::runtime_error("can't describe who may read a file: " + reason_of(::GetLastError()));
  }
  attributes_.nLength = sizeof attributes_;
  attributes_.lpSecurityDescriptor = descriptor_;
}

Security::Security(const std::filesystem::path& path) {
  check(::GetNamedSecurityInfoW(path.c_str(), SE_FILE_OBJECT, kOwnerAndRules, &owner_, nullptr, &rules_, nullptr,
                                &descriptor_));
}

Security::Security(HANDLE file) {
  check(::GetSecurityInfo(file, SE_FILE_OBJECT, kOwnerAndRules, &owner_, nullptr, &rules_, nullptr, &descriptor_));
}

bool Security::is_ours() const {
  if (is(owner_, WinBuiltinAdministratorsSid) || is(owner_, WinLocalSystemSid)) return true;
  wchar_t* text = nullptr;
  if (::ConvertSidToStringSidW(owner_, &text) == 0) return false;
  const bool same = own_sid() == text;
  ::LocalFree(text);
  return same;
}

bool Security::public_may(DWORD access) const {
  if (rules_ == nullptr) return true;
  for (DWORD i = 0; i < rules_->AceCount; ++i) {
    void* rule = nullptr;
    if (::GetAce(rules_, i, &rule) == 0) continue;
    auto* const allowed = static_cast<ACCESS_ALLOWED_ACE*>(rule);
    // Rules of other kinds deny, or belong to no file system that keeps backups; some apply only to what is created
    // inside.
    if (allowed->Header.AceType != ACCESS_ALLOWED_ACE_TYPE || (allowed->Header.AceFlags & INHERIT_ONLY_ACE) != 0)
      continue;
    if ((allowed->Mask & access) != 0 && is_the_public(&allowed->SidStart)) return true;
  }
  return false;
}

std::string take_public_away(const std::string& name, const std::string& rights) {
  return "icacls \"" + name + "\" /inheritance:r /grant:r \"%USERNAME%:" + rights + "\"";
}

}  // namespace akqueue::system

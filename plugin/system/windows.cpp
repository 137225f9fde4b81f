#include "system/windows.hpp"

#include <sddl.h>

#include <stdexcept>
#include <vector>

namespace akqueue {

std::wstring wide(std::string_view text) {
  if (text.empty()) return {};
  const int size = static_cast<int>(text.size());
  std::wstring result(static_cast<std::size_t>(::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, nullptr, 0)), L'\0');
  ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, result.data(), static_cast<int>(result.size()));
  return result;
}

std::string utf8(std::wstring_view text) {
  if (text.empty()) return {};
  const int size = static_cast<int>(text.size());
  std::string result(static_cast<std::size_t>(::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr)), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, result.data(), static_cast<int>(result.size()), nullptr, nullptr);
  return result;
}

std::string reason_of(DWORD error) {
  wchar_t* text = nullptr;
  const DWORD size = ::FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr, error, 0,
                                      reinterpret_cast<wchar_t*>(&text), 0, nullptr);
  std::string reason = utf8(std::wstring_view(text, size));
  ::LocalFree(text);
  while (!reason.empty() && (reason.back() == '\n' || reason.back() == '\r' || reason.back() == ' ' || reason.back() == '.')) reason.pop_back();
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
  // P: nothing is inherited; FA: everything; OICI: handed down to what is made inside; SY and BA: the system, administrators.
  std::wstring rules = L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";
  const std::wstring user = own_sid();
  rules += L"(A;OICI;FA;;;" + (user.empty() ? L"OW" : user) + L")";
  if (::ConvertStringSecurityDescriptorToSecurityDescriptorW(rules.c_str(), SDDL_REVISION_1, &descriptor_, nullptr) == 0) {
    throw std::runtime_error("can't describe who may read a file: " + reason_of(::GetLastError()));
  }
  attributes_.nLength = sizeof attributes_;
  attributes_.lpSecurityDescriptor = descriptor_;
}

}  // namespace akqueue

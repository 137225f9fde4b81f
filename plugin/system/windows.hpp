// What the Windows files share: UTF-8 to and from its UTF-16, its reasons as text, handles that are closed.
#pragma once

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace akqueue::system {

std::wstring wide(std::string_view text);
/// Invalid UTF-16 becomes U+FFFD.
std::string utf8(std::wstring_view text);

/// The system's text for an error of GetLastError().
std::string reason_of(DWORD error);

class Handle {
 public:
  Handle() = default;
  explicit Handle(HANDLE handle) : handle_(handle == INVALID_HANDLE_VALUE ? nullptr : handle) {}
  ~Handle() { close(); }
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }

  HANDLE get() const { return handle_; }
  explicit operator bool() const { return handle_ != nullptr; }
  void close() {
    if (handle_ != nullptr) ::CloseHandle(std::exchange(handle_, nullptr));
  }

 private:
  HANDLE handle_ = nullptr;
};

/// A security descriptor that gives access to the user, the system and administrators and nobody else, whatever the
/// folder around it would pass on: what 0600 and 0700 are elsewhere.
class PrivateToUser {
 public:
  PrivateToUser();
  ~PrivateToUser() { ::LocalFree(descriptor_); }
  PrivateToUser(const PrivateToUser&) = delete;
  PrivateToUser& operator=(const PrivateToUser&) = delete;

  SECURITY_ATTRIBUTES* attributes() { return &attributes_; }

 private:
  PSECURITY_DESCRIPTOR descriptor_ = nullptr;
  SECURITY_ATTRIBUTES attributes_{};
};

/// The owner of a file or a folder, and who may do what with it. The constructors throw FileFailure.
class Security {
 public:
  static constexpr DWORD kMayRead = FILE_READ_DATA | GENERIC_READ | GENERIC_ALL;
  static constexpr DWORD kMayWrite =
      FILE_WRITE_DATA | FILE_APPEND_DATA | WRITE_DAC | WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL;

  explicit Security(const std::filesystem::path& path);
  /// Of a file that is open for reading.
  explicit Security(HANDLE file);
  ~Security() { ::LocalFree(descriptor_); }
  Security(const Security&) = delete;
  Security& operator=(const Security&) = delete;

  /// What an administrator creates belongs to the administrators.
  bool is_ours() const;
  /// Everybody, or everybody who can log on. File systems without rules (FAT) give everything to everybody.
  bool public_may(DWORD access) const;

 private:
  PSID owner_ = nullptr;
  PACL rules_ = nullptr;
  PSECURITY_DESCRIPTOR descriptor_ = nullptr;
};

/// The command that gives only the user access to a file or a folder, with these rights.
std::string take_public_away(const std::string& name, const std::string& rights);

/// The user's own security identifier, as text (`S-1-5-…`); empty if it can't be told.
std::wstring own_sid();

}  // namespace akqueue::system

// Compresses a text into one gzip member. The only file that knows libdeflate.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace akqueue::backup {

/// So much text goes into one member.
inline constexpr std::size_t kTextOfMember = 512 * 1024;

class MemberCompressor {
 public:
  MemberCompressor();
  ~MemberCompressor();
  MemberCompressor(MemberCompressor&&) = delete;

  /// The member, valid until the next call.
  std::string_view member(std::string_view text);

 private:
  struct Library;
  std::unique_ptr<Library> library_;
  std::vector<char> made_;
};

}  // namespace akqueue::backup

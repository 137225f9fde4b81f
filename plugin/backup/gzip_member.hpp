// Compresses a text into one gzip member. The only file that knows libdeflate.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

namespace akqueue::backup {

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

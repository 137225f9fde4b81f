// A text on its way into gzip members, held in memory: the batch of a session that shares a file with others.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backup/gzip_member.hpp"

namespace akqueue::backup {

class MemberText {
 public:
  /// `compressed` false: the bytes as they are.
  explicit MemberText(bool compressed);

  void write(std::string_view text);
  /// Bytes that it holds, those that are not compressed yet included.
  std::size_t size() const { return members_.size() + piece_.size(); }
  /// All of it in whole members, as GzipWriter::write_members() takes them.
  const std::string& members();
  /// Forgets all of it.
  void clear();

 private:
  void end_member();

  std::optional<MemberCompressor> compressor_;
  std::string members_;
  std::string piece_;  ///< text for the next member
};

}  // namespace akqueue::backup

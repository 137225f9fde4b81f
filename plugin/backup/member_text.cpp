#include "backup/member_text.hpp"

#include <algorithm>

namespace akqueue::backup {

MemberText::MemberText(bool compressed) {
  if (compressed) compressor_.emplace();
}

void MemberText::write(std::string_view text) {
  while (!text.empty()) {
    const std::size_t fits = std::min(text.size(), kTextOfMember - piece_.size());
    piece_.append(text.substr(0, fits));
    text.remove_prefix(fits);
    if (piece_.size() == kTextOfMember) end_member();
  }
}

void MemberText::end_member() {
  if (piece_.empty()) return;
  members_.append(compressor_ ? compressor_->member(piece_) : std::string_view(piece_));
  piece_.clear();
}

const std::string& MemberText::members() {
  end_member();
  return members_;
}

void MemberText::clear() {
  members_.clear();
  piece_.clear();
}

}  // namespace akqueue::backup

#include "ui/keys.hpp"

#include <optional>

namespace akqueue::ui {
namespace {

constexpr char kEscape = '\x1b';

/// The length of the sequence at the front, which begins with Escape: `ESC [ … letter`, `ESC O letter`; 0 while it is
/// not whole.
std::size_t sequence_length(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  if (bytes[1] == 'O') return bytes.size() < 3 ? 0 : 3;
  if (bytes[1] != '[') return 1;
  for (std::size_t i = 2; i < bytes.size(); ++i) {
    if (bytes[i] >= '@' && bytes[i] <= '~') return i + 1;
  }
  return 0;
}

Key key_of(std::string_view sequence) {
  if (sequence.size() == 1) return {Key::Kind::escape};
  switch (sequence.back()) {
    case 'A': return {Key::Kind::up};
    case 'B': return {Key::Kind::down};
    case 'C': return {Key::Kind::right};
    case 'D': return {Key::Kind::left};
    default: return {};
  }
}

}  // namespace

std::vector<Key> take_keys(std::string& bytes, bool all) {
  std::vector<Key> keys;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    if (rest.front() != kEscape) {
      const auto c = static_cast<unsigned char>(rest.front());
      keys.push_back(c >= 0x20 && c < 0x7f ? Key{Key::Kind::character, rest.front()} : Key{});
      rest.remove_prefix(1);
      continue;
    }
    std::size_t length = sequence_length(rest);
    if (length == 0 && !all) break;
    // What never became a sequence: Escape, then what was typed behind it.
    if (length == 0) length = 1;
    keys.push_back(key_of(rest.substr(0, length)));
    rest.remove_prefix(length);
  }
  bytes = std::string(rest);
  return keys;
}

}  // namespace akqueue::ui

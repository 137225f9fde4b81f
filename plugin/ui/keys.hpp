// Keys from the bytes that a terminal sends.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace akqueue::ui {

/// A printable key is its character; the others have names.
struct Key {
  enum class Kind { character, up, down, left, right, escape, other };
  Kind kind = Kind::other;
  char character = 0;

  bool is(char c) const { return kind == Kind::character && character == c; }
  bool operator==(const Key&) const = default;
};

/// Takes the keys off the front of `bytes`. The beginning of a sequence that is not whole yet stays there, unless `all`
/// is given: then nothing more came in time, and a lone Escape is a key.
std::vector<Key> take_keys(std::string& bytes, bool all);

}  // namespace akqueue::ui

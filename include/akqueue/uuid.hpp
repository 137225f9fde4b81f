// A task's id: sixteen bytes, so that a hundred thousand of them take little memory.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace akqueue {

class Uuid {
 public:
  /// `11111111-2222-4333-8444-555555555555` in either case; nothing for any other text.
  static std::optional<Uuid> parse(std::string_view text);

  /// The lowest and the highest id whose text begins with `prefix`: hexadecimal digits in either case, dashes where an
  /// id has them. Nothing for a text that can't begin an id.
  struct Range;
  static std::optional<Range> beginning_with(std::string_view prefix);

  /// In lower case. Text order is the order of the bytes.
  std::string to_string() const;

  auto operator<=>(const Uuid&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

struct Uuid::Range {
  Uuid first;
  Uuid last;
};

}  // namespace akqueue

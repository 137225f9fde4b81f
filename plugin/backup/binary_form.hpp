// Values of several parts, as PostgreSQL's send functions write them: numeric and arrays. Here a value is read as its
// bytes say; whether the bytes are such a value at all is for fault_of() of backup/value.hpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "akqueue/tuple.hpp"

namespace akqueue::backup {

/// numeric's binary form: digits of base 10,000, the first of them weighing 10,000 to the power of `weight`.
struct BinaryNumeric {
  enum Sign : std::uint16_t {
    kPositive = 0x0000,
    kNegative = 0x4000,
    kNaN = 0xc000,
    kInfinity = 0xd000,
    kMinusInfinity = 0xf000
  };

  std::size_t digits;
  std::int16_t weight;
  std::uint16_t sign;
  std::uint16_t scale;  ///< decimal digits after the point
  std::string_view bytes;

  explicit BinaryNumeric(std::string_view value)
      : digits(big_endian_16(value)),
        weight(static_cast<std::int16_t>(big_endian_16(value.substr(2)))),
        sign(big_endian_16(value.substr(4))),
        scale(big_endian_16(value.substr(6))),
        bytes(value.substr(kHead)) {}
  static constexpr std::size_t kHead = 8;

  unsigned digit(std::int64_t place) const {
    return place < 0 || std::cmp_greater_equal(place, digits)
               ? 0u
               : big_endian_16(bytes.substr(static_cast<std::size_t>(place) * 2));
  }
};

/// An array's binary form: its dimensions, and its elements, which it visits.
class BinaryArray {
 public:
  explicit BinaryArray(std::string_view bytes) : left_(bytes) {}

  struct Dimension {
    std::uint32_t length;
    std::int32_t lower;
  };
  std::vector<Dimension> dimensions;

  /// False for something that is not an array.
  bool read_head() {
    std::uint32_t count = 0;
    std::uint32_t ignored = 0;
    if (!number(count) || count > kMostDimensions || !number(ignored) || !number(ignored)) return false;
    for (std::uint32_t i = 0; i < count; ++i) {
      std::uint32_t length = 0;
      std::uint32_t lower = 0;
      if (!number(length) || !number(lower) || length == 0) return false;
      dimensions.push_back({length, static_cast<std::int32_t>(lower)});
    }
    return true;
  }
  /// The next element; false for something that is not one.
  bool next(Field& element) {
    std::uint32_t length = 0;
    if (!number(length)) return false;
    element.reset();
    if (length == kNull) return true;
    if (left_.size() < length) return false;
    element = left_.substr(0, length);
    left_.remove_prefix(length);
    return true;
  }
  /// Any number over kMost is as good as another: there are not enough bytes for so many.
  std::uint64_t elements() const {
    constexpr std::uint64_t kMost = 1u << 31;
    std::uint64_t all = dimensions.empty() ? 0 : 1;
    for (const Dimension& one : dimensions) all = std::min<std::uint64_t>(all * one.length, kMost);
    return all;
  }
  bool at_end() const { return left_.empty(); }

 private:
  static constexpr std::size_t kMostDimensions = 6;
  static constexpr std::uint32_t kNull = 0xffffffff;

  bool number(std::uint32_t& value) {
    if (left_.size() < 4) return false;
    value = big_endian_32(left_);
    left_.remove_prefix(4);
    return true;
  }
  std::string_view left_;
};

}  // namespace akqueue::backup

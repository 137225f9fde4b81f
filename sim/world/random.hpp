// A small random number generator with the same results on every machine (the standard library's distributions differ).
#pragma once

#include <cstdint>
#include <string>

namespace akqueue::sim {

/// SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  /// From 0 to limit - 1.
  std::uint64_t below(std::uint64_t limit) { return limit == 0 ? 0 : next() % limit; }
  /// From least to most, both included.
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return most <= least ? least
                         : least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least) + 1));
  }

  /// A random (version 4) uuid.
  std::string uuid() {
    // Not both as arguments: compilers differ in which one they evaluate first.
    const std::uint64_t low = next();
    return format_uuid(next(), low);
  }

  /// A version 4 uuid from two numbers. The first one's high bits come first, so that growing numbers give growing
  /// text.
  static std::string format_uuid(std::uint64_t high, std::uint64_t low) {
    constexpr char kDigits[] = "0123456789abcdef";
    high = (high & ~std::uint64_t{0xf000}) | 0x4000;
    low = (low & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);
    std::string text(36, '-');
    std::size_t at = 0;
    for (int nibble = 0; nibble < 32; ++nibble) {
      if (at == 8 || at == 13 || at == 18 || at == 23) ++at;
      const std::uint64_t half = nibble < 16 ? high : low;
      text[at++] = kDigits[half >> (60 - 4 * (nibble % 16)) & 0xf];
    }
    return text;
  }

  /// `count` characters of those that Kubernetes uses in names.
  std::string name(int count) {
    constexpr char kLetters[] = "bcdfghjklmnpqrstvwxz2456789";
    std::string text;
    for (int i = 0; i < count; ++i) text += kLetters[below(sizeof kLetters - 1)];
    return text;
  }

 private:
  std::uint64_t state_;
};

}  // namespace akqueue::sim

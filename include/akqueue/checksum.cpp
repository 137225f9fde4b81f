#include "akqueue/checksum.hpp"

#include <zlib.h>

#include <array>
#include <charconv>

namespace akqueue {
namespace {

constexpr std::size_t kSumDigits = 8;

std::string digits_of(std::uint32_t sum) {
  std::array<char, kSumDigits> digits{};
  auto* const end = std::to_chars(digits.begin(), digits.end(), sum, 16).ptr;
  const auto count = static_cast<std::size_t>(end - digits.begin());
  return std::string(kSumDigits - count, '0').append(digits.data(), count);
}

}  // namespace

std::uint32_t crc32_of(std::string_view bytes, std::uint32_t before) {
  return static_cast<std::uint32_t>(
      ::crc32_z(before, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

std::string with_sum(std::string_view line) {
  std::string summed(line);
  return summed.append(1, ' ').append(digits_of(crc32_of(line)));
}

std::optional<std::string_view> without_sum(std::string_view line) {
  if (line.size() <= kSumDigits) return std::nullopt;
  const std::string_view text = line.substr(0, line.size() - kSumDigits - 1);
  if (line.substr(text.size(), 1) != " " || line.substr(text.size() + 1) != digits_of(crc32_of(text)))
    return std::nullopt;
  return text;
}

}  // namespace akqueue

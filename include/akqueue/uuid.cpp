#include "akqueue/uuid.hpp"

namespace akqueue {
namespace {

constexpr std::size_t kTextLength = 36;

bool is_dash_place(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// `prefix`, completed to a whole id with one digit.
std::string filled_up(std::string_view prefix, char with) {
  std::string text(prefix);
  while (text.size() < kTextLength) text += is_dash_place(text.size()) ? '-' : with;
  return text;
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  Uuid id;
  std::size_t nibble = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_dash_place(at)) {
      if (text[at] != '-') return std::nullopt;
      continue;
    }
    const int value = digit(text[at]);
    if (value < 0) return std::nullopt;
    std::uint8_t& byte = id.bytes_[nibble / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
    ++nibble;
  }
  return id;
}

std::optional<Uuid::Range> Uuid::beginning_with(std::string_view prefix) {
  if (prefix.empty() || prefix.size() > kTextLength) return std::nullopt;
  const auto first = parse(filled_up(prefix, '0'));
  const auto last = parse(filled_up(prefix, 'f'));
  if (!first || !last) return std::nullopt;
  return Range{*first, *last};
}

std::string Uuid::to_string() const {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(kTextLength);
  for (const std::uint8_t byte : bytes_) {
    if (is_dash_place(text.size())) text += '-';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

}  // namespace akqueue

#include "ui/text.hpp"

#include <cstdio>

#include "akqueue/time.hpp"

namespace akqueue {
namespace {

/// The length of the well-formed UTF-8 sequence at the front, and its code point; length 0 for none.
struct CodePoint {
  std::size_t length = 0;
  char32_t value = 0;
};

CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const std::size_t length = lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length == 0 || lead > 0xf4 || text.size() < length) return {};
  char32_t value = lead & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0u) != 0x80u) return {};
    value = value << 6 | (byte(i) & 0x3fu);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool no_character = (value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff;
  return overlong || no_character ? CodePoint{} : CodePoint{length, value};
}

std::string escape(const char* format, unsigned value) {
  char text[16];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

bool reorders_text(char32_t c) { return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f; }

std::string shown(const CodePoint& point, std::string_view bytes) {
  const char32_t c = point.value;
  if (point.length == 0) return escape("\\x%02x", static_cast<unsigned char>(bytes.front()));
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  if (c == '\r') return "\\r";
  if (c < 0x20 || c == 0x7f) return escape("\\x%02x", static_cast<unsigned>(c));
  if ((c >= 0x80 && c < 0xa0) || reorders_text(c)) return escape("\\u%04x", static_cast<unsigned>(c));
  return std::string(bytes.substr(0, point.length));
}

std::string make_visible(std::string_view text, bool keep_line_ends) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    if (keep_line_ends && text.front() == '\n') {
      result += '\n';
      text.remove_prefix(1);
      continue;
    }
    const CodePoint point = first_code_point(text);
    result += shown(point, text);
    text.remove_prefix(point.length == 0 ? 1 : point.length);
  }
  return result;
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u; }

}  // namespace

std::string visible(std::string_view text) { return make_visible(text, false); }

std::string visible_lines(std::string_view text) { return make_visible(text, true); }

std::size_t columns_of(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += continues(c) ? 0 : 1;
  return count;
}

std::string shorten_left(std::string_view text, std::size_t width) {
  std::size_t count = columns_of(text);
  if (count <= width || width == 0) return std::string(text);
  while (count >= width && !text.empty()) {
    text.remove_prefix(1);
    while (!text.empty() && continues(text.front())) text.remove_prefix(1);
    --count;
  }
  return "…" + std::string(text);
}

std::string shorten_right(std::string_view text, std::size_t width) {
  if (columns_of(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t end = 0;
  for (std::size_t columns = 0; end < text.size(); ++end) {
    if (!continues(text[end]) && ++columns == width) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string with_separators(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string format_size(std::int64_t bytes) {
  constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  double size = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.95 would be shown as 1024.0.
  for (; size >= 1023.95 && unit + 1 < std::size(kUnits); ++unit) size /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", size, kUnits[unit]);
  return text;
}

std::string format_share(std::int64_t part, std::int64_t whole) {
  if (whole <= 0) return {};
  const double share = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (part > 0 && share < 1) return "<1%";
  // Only all of it is 100 %.
  const auto rounded = part < whole && share >= 99.5 ? 99 : static_cast<int>(share + 0.5);
  return std::to_string(rounded) + "%";
}

std::string count_of(std::int64_t number, std::string_view one, std::string_view many) {
  return with_separators(number) + " " + std::string(number == 1 ? one : many);
}

std::string format_took(std::int64_t milliseconds) {
  if (milliseconds >= 120'000) return format_age(milliseconds / 1000);
  char text[32];
  std::snprintf(text, sizeof text, "%.1fs", static_cast<double>(milliseconds) / 1000);
  return text;
}

}  // namespace akqueue

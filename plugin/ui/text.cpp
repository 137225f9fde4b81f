#include "ui/text.hpp"

#include <algorithm>
#include <cstdio>

#include "akqueue/time.hpp"
#include "ui/characters.hpp"

namespace akqueue {
namespace {

std::string escape(const char* format, unsigned value) {
  char text[16];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string shown(const Character& character, std::string_view bytes) {
  const char32_t c = character.value;
  const auto number = static_cast<unsigned>(c);
  if (!character.well_formed) return escape("\\x%02x", number);
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  if (c == '\r') return "\\r";
  if (can_be_seen(c)) return std::string(bytes.substr(0, character.bytes));
  return escape(c < 0x80 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", number);
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
    const Character character = first_character(text);
    result += shown(character, text);
    text.remove_prefix(character.bytes);
  }
  return result;
}

std::size_t columns_of(const Character& character) {
  return character.well_formed ? columns_of_character(character.value) : 1;
}

/// `\uXXXX`, and two of them from U+10000 on, as JSON has it.
std::string json_escape(char32_t c) {
  if (c < 0x10000) return escape("\\u%04x", static_cast<unsigned>(c));
  const auto rest = static_cast<unsigned>(c - 0x10000);
  return escape("\\u%04x", 0xd800u + (rest >> 10)) + escape("\\u%04x", 0xdc00u + (rest & 0x3ffu));
}

}  // namespace

std::string visible(std::string_view text) { return make_visible(text, false); }

std::string visible_lines(std::string_view text) { return make_visible(text, true); }

std::string visible_json(std::string_view json) {
  std::string result;
  result.reserve(json.size());
  while (!json.empty()) {
    // Line ends stand between its values; in strings they are escaped already.
    const Character character = first_character(json);
    if (character.value == '\n' || !character.well_formed || can_be_seen(character.value))
      result += json.substr(0, character.bytes);
    else result += json_escape(character.value);
    json.remove_prefix(character.bytes);
  }
  return result;
}

std::size_t columns_of(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    count += columns_of(character);
    text.remove_prefix(character.bytes);
  }
  return count;
}

std::size_t characters_in(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_character(text).bytes);
  return count;
}

std::string shorten_left(std::string_view text, std::size_t width) {
  std::size_t columns = columns_of(text);
  if (columns <= width || width == 0) return std::string(text);
  // An accent stays with its character, here and there.
  while (!text.empty()) {
    const Character character = first_character(text);
    const std::size_t taken = columns_of(character);
    if (columns < width && taken > 0) break;
    columns -= taken;
    text.remove_prefix(character.bytes);
  }
  return "…" + std::string(text);
}

std::string shorten_right(std::string_view text, std::size_t width) {
  if (columns_of(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t end = 0;
  for (std::size_t columns = 0; end < text.size();) {
    const Character character = first_character(text.substr(end));
    columns += columns_of(character);
    if (columns >= width) break;
    end += character.bytes;
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

std::string joined(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return list;
}

std::string padded(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(width - std::min(width, columns_of(text)), ' ');
}

std::string flush_right(std::string_view text, std::size_t width) {
  return std::string(width - std::min(width, columns_of(text)), ' ') + std::string(text);
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

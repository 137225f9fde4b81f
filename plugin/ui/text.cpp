#include "ui/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "akqueue/time.hpp"
#include "ui/characters.hpp"

namespace akqueue::ui {
namespace {

std::string escape(const char* format, unsigned value) {
  char text[16];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string as_seen(const Character& character, std::string_view bytes) {
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
    result += as_seen(character, text);
    text.remove_prefix(character.bytes);
  }
  return result;
}

std::size_t columns_of(const Character& character) {
  return character.well_formed ? columns_of_character(character.value) : 1;
}

std::size_t columns_in(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    count += columns_of(character);
    text.remove_prefix(character.bytes);
  }
  return count;
}

/// `\uXXXX`, and two of them from U+10000 on, as JSON has it.
std::string json_escape(char32_t c) {
  if (c < 0x10000) return escape("\\u%04x", static_cast<unsigned>(c));
  const auto rest = static_cast<unsigned>(c - 0x10000);
  return escape("\\u%04x", 0xd800u + (rest >> 10)) + escape("\\u%04x", 0xdc00u + (rest & 0x3ffu));
}

}  // namespace

Text Text::fit(std::string bytes) {
  Text text;
  text.bytes_ = std::move(bytes);
  return text;
}

Text Text::escaped(std::string_view foreign) { return fit(make_visible(foreign, false)); }

Text Text::lines(std::string_view foreign) { return fit(make_visible(foreign, true)); }

Text Text::json(std::string_view json) {
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
  return fit(std::move(result));
}

Text& Text::operator+=(const Text& more) {
  bytes_ += more.bytes_;
  return *this;
}

std::size_t columns_of(const Text& text) { return columns_in(text.view()); }

std::size_t characters_in(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_character(text).bytes);
  return count;
}

Text shorten_left(const Text& text, std::size_t width) {
  std::size_t columns = columns_of(text);
  if (columns <= width || width == 0) return text;
  // An accent stays with its character, here and there.
  std::string_view rest = text.view();
  while (!rest.empty()) {
    const Character character = first_character(rest);
    const std::size_t taken = columns_of(character);
    if (columns < width && taken > 0) break;
    columns -= taken;
    rest.remove_prefix(character.bytes);
  }
  return "…" + Text::fit(std::string(rest));
}

Text shorten_right(const Text& text, std::size_t width) {
  if (columns_of(text) <= width) return text;
  if (width == 0) return {};
  const std::string_view whole = text.view();
  std::size_t end = 0;
  for (std::size_t columns = 0; end < whole.size();) {
    const Character character = first_character(whole.substr(end));
    columns += columns_of(character);
    if (columns >= width) break;
    end += character.bytes;
  }
  return Text::fit(std::string(whole.substr(0, end))) + "…";
}

std::string format_size(std::int64_t bytes) {
  constexpr const char* kSizeUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  double size = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.95 would be shown as 1024.0.
  for (; size >= 1023.95 && unit + 1 < std::size(kSizeUnits); ++unit) size /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", size, kSizeUnits[unit]);
  return text;
}

std::string format_share(std::int64_t part, std::int64_t whole) {
  if (whole <= 0) return {};
  const double share = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (part > 0 && share < 1) return "<1%";
  // Only all of it is 100 %.
  const auto rounded = part < whole && share >= 99.5 ? 99 : static_cast<int>(std::lround(share));
  return std::to_string(rounded) + "%";
}

Text padded(const Text& text, std::size_t width) {
  return text + Text::blanks(width - std::min(width, columns_of(text)));
}

Text flush_right(const Text& text, std::size_t width) {
  return Text::blanks(width - std::min(width, columns_of(text))) + text;
}

Text without_blanks_behind(const Text& text) {
  return Text::fit(std::string(text.view().substr(0, text.view().find_last_not_of(' ') + 1)));
}

std::string format_took(std::int64_t milliseconds) {
  if (milliseconds >= 120'000) return format_age(milliseconds / 1000);
  char text[32];
  std::snprintf(text, sizeof text, "%.1fs", static_cast<double>(milliseconds) / 1000);
  return text;
}

}  // namespace akqueue::ui

#include "ui/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "akqueue/json_depth.hpp"

namespace akqueue::ui {
namespace {

bool is_letter(char sign) { return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z'); }
bool is_digit(char sign) { return sign >= '0' && sign <= '9'; }

/// What YAML 1.1 or 1.2 takes for something else than a string, in any case.
bool is_word_of_yaml(std::string_view text) {
  constexpr std::array<std::string_view, 9> kWords{"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char sign) { return sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign + 32) : sign; });
  return std::ranges::find(kWords, lower) != kWords.end();
}

/// Stricter than YAML: begins with a letter or a slash, and has only signs that mean nothing wherever they stand.
bool can_be_plain(std::string_view text) {
  constexpr std::string_view kHarmless = "_-./@+()=,;*%<>$ ";
  if (text.empty() || text.back() == ' ' || (!is_letter(text.front()) && text.front() != '/')) return false;
  const bool harmless = std::ranges::all_of(text, [&](char sign) {
    return is_letter(sign) || is_digit(sign) || kHarmless.find(sign) != std::string_view::npos;
  });
  return harmless && !is_word_of_yaml(text);
}

/// With U+FFFD for what is not UTF-8.
std::string repaired(const std::string& text) {
  return parse_foreign<Json>(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

/// A Text's escapes (`\n`, `\x1b`, `\u202e`, `\U000e0041`) are those of YAML's double quotes.
Text string_text(const std::string& text) {
  if (can_be_plain(text)) return text;
  std::string inside;
  for (const char sign : repaired(text)) {
    if (sign == '"' || sign == '\\') inside += '\\';
    inside += sign;
  }
  return "\"" + Text(inside) + "\"";
}

/// YAML 1.1 wants a point in a number with an exponent.
Text number_text(const Json& value) {
  std::string text = value.dump();
  const auto exponent = text.find('e');
  if (exponent != std::string::npos && text.find('.') == std::string::npos) text.insert(exponent, ".0");
  return text;
}

Text scalar_text(const Json& value) {
  if (value.is_string()) return string_text(value.get<std::string>());
  if (value.is_number()) return number_text(value);
  if (value.is_object()) return "{}";
  return value.is_array() ? Text("[]") : Text(value.dump());
}

bool has_block(const Json& value) { return value.is_structured() && !value.empty(); }

/// The lines of a block. The first one is not indented where it stands behind a `- `.
void add_block(const Json& value, std::size_t indent, bool behind_dash, Text& out) {
  for (auto it = value.begin(); it != value.end(); ++it) {
    if (!(behind_dash && it == value.begin())) out += Text::blanks(indent);
    if (value.is_array()) {
      out += "- ";
      if (has_block(*it)) add_block(*it, indent + 2, true, out);
      else out += scalar_text(*it) + "\n";
      continue;
    }
    out += string_text(it.key()) + ":";
    if (!has_block(*it)) {
      out += " " + scalar_text(*it) + "\n";
      continue;
    }
    out += "\n";
    // As kubectl does: the dashes of a list stand under its name.
    add_block(*it, it->is_array() ? indent : indent + 2, false, out);
  }
}

}  // namespace

Text yaml(const Json& document) {
  if (!has_block(document)) return scalar_text(document) + "\n";
  Text out;
  add_block(document, 0, false, out);
  return out;
}

}  // namespace akqueue::ui

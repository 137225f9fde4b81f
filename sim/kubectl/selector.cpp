#include "kubectl/selector.hpp"

#include <algorithm>

#include "kubectl/arguments.hpp"

namespace akqueue::sim {
namespace {

std::string trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(' ');
  if (from == std::string_view::npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(' ') - from + 1));
}

/// Splits at commas outside of parentheses.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '(') ++depth;
    if (i < text.size() && text[i] == ')') --depth;
    if (i == text.size() || (text[i] == ',' && depth == 0)) {
      parts.push_back(text.substr(from, i - from));
      from = i + 1;
    }
  }
  return parts;
}

}  // namespace

Selector::Requirement Selector::requirement(std::string_view text) {
  for (const std::string_view word : {" notin ", " in "}) {
    const auto at = text.find(word);
    const auto open = text.find('(');
    if (at == std::string_view::npos || open == std::string_view::npos || !text.ends_with(')')) continue;
    Requirement set{trimmed(text.substr(0, at)), word == " notin ", false, {}};
    for (const auto value : split(text.substr(open + 1, text.size() - open - 2))) set.values.push_back(trimmed(value));
    return set;
  }
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) {
    const bool negated = text.starts_with('!');
    return {trimmed(text.substr(negated ? 1 : 0)), negated, true, {}};
  }
  const bool negated = equals > 0 && text[equals - 1] == '!';
  const bool doubled = text.substr(equals).starts_with("==");
  return {trimmed(text.substr(0, negated ? equals - 1 : equals)),
          negated,
          false,
          {trimmed(text.substr(equals + (doubled ? 2 : 1)))}};
}

Selector::Selector(std::string_view text) {
  if (trimmed(text).empty()) return;
  for (const auto part : split(text)) {
    const Requirement one = requirement(trimmed(part));
    if (one.key.empty() || one.key.find(' ') != std::string::npos) {
      throw Failure("Error from server (BadRequest): unable to parse requirement: found '" + trimmed(part) +
                    "', expected: identifier");
    }
    requirements_.push_back(one);
  }
}

bool Selector::matches(const ForeignJson& labels) const {
  return std::ranges::all_of(requirements_, [&](const Requirement& one) {
    const auto label = labels.is_object() ? labels.find(one.key) : labels.end();
    const bool there = labels.is_object() && label != labels.end();
    if (one.any_value) return there != one.negated;
    const bool equal = there && std::ranges::find(one.values, label->get<std::string>()) != one.values.end();
    return equal != one.negated;
  });
}

}  // namespace akqueue::sim

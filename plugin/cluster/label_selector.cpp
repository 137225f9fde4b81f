#include "cluster/label_selector.hpp"

#include <algorithm>

#include "akqueue/error.hpp"

namespace akqueue::cluster {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

Error not_a_selector(std::string_view text, std::string_view option) {
  return Error(ErrorCode::usage, "--" + std::string(option) + ": '" + std::string(text) + "' is not a label selector",
               "labels as kubectl's -l takes them: app=web,tier in (a,b)");
}

/// Commas inside parentheses do not separate.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '(') ++depth;
    if (i < text.size() && text[i] == ')') --depth;
    if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
    parts.push_back(trimmed(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  return parts;
}

/// Of keys (with a slash) and values.
bool is_plain(std::string_view word) {
  return word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/") ==
         std::string_view::npos;
}

}  // namespace

LabelSelector::Requirement LabelSelector::parse_one(std::string_view text, std::string_view option) {
  Requirement one;
  std::string_view key = text;
  const auto equals = text.find('=');
  const auto blank = text.find(' ');
  if (equals != std::string_view::npos) {
    one.wanted = equals == 0 || text[equals - 1] != '!';
    key = trimmed(text.substr(0, one.wanted ? equals : equals - 1));
    const bool twice = equals + 1 < text.size() && text[equals + 1] == '=';
    one.values.emplace_back(trimmed(text.substr(equals + (twice ? 2 : 1))));
  } else if (blank != std::string_view::npos) {
    key = text.substr(0, blank);
    std::string_view rest = trimmed(text.substr(blank));
    one.wanted = !rest.starts_with("notin");
    if (!rest.starts_with("in") && one.wanted) throw not_a_selector(text, option);
    rest = trimmed(rest.substr(one.wanted ? 2 : 5));
    if (rest.size() < 2 || rest.front() != '(' || rest.back() != ')') throw not_a_selector(text, option);
    for (const std::string_view value : parts_of(rest.substr(1, rest.size() - 2))) one.values.emplace_back(value);
  } else {
    one.any_value = true;
    one.wanted = !text.starts_with('!');
    if (!one.wanted) key = text.substr(1);
  }
  one.key = key;
  if (one.key.empty() || !is_plain(one.key) || !std::ranges::all_of(one.values, is_plain))
    throw not_a_selector(text, option);
  return one;
}

LabelSelector LabelSelector::parse(std::string_view text, std::string_view option) {
  LabelSelector selector;
  for (const std::string_view part : parts_of(text)) selector.requirements_.push_back(parse_one(part, option));
  return selector;
}

bool LabelSelector::matches(const Labels& labels) const {
  return std::ranges::all_of(requirements_, [&](const Requirement& one) {
    const auto found = labels.find(one.key);
    const bool holds =
        found != labels.end() && (one.any_value || std::ranges::find(one.values, found->second) != one.values.end());
    return holds == one.wanted;
  });
}

}  // namespace akqueue::cluster

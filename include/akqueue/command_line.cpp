#include "akqueue/command_line.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <numeric>

#include "akqueue/error.hpp"
#include "akqueue/words.hpp"

namespace akqueue {
namespace {

namespace po = boost::program_options;

std::string with_dashes(std::string_view name) { return (name.size() == 1 ? "-" : "--") + std::string(name); }

po::options_description describe(std::span<const Option> rows) {
  po::options_description description;
  for (const Option& row : rows) {
    std::string names(row.name);
    if (row.letter != 0) names += std::string(",") + row.letter;
    if (row.argument.empty()) {
      description.add_options()(names.c_str(), "");
    } else {
      description.add_options()(names.c_str(), po::value<std::vector<std::string>>(), "");
    }
  }
  return description;
}

Error unknown_option(std::span<const Option> rows, const std::string& given) {
  std::vector<std::string> names;
  for (const Option& row : rows) names.emplace_back(row.name);
  const std::string bare = given.substr(std::min(given.find_first_not_of('-'), given.size()));
  const auto near = nearest(bare, names);
  return Error(ErrorCode::usage, "unknown option '" + given + "'", near ? "did you mean --" + *near + "?" : "");
}

/// pflag's `-n=sso` is `-nsso`; of two words, the second is the value as it is.
std::string value_of(const po::option& option) {
  if (option.value.empty()) return {};
  const std::string& value = option.value.front();
  const bool letter = !option.original_tokens.empty() && !option.original_tokens.front().starts_with("--");
  return letter && option.original_tokens.size() == 1 && value.starts_with('=') ? value.substr(1) : value;
}

void check_value(const Option& row, const std::string& value) {
  if (row.values.empty()) return;
  std::vector<std::string> allowed;
  for (std::string_view rest = row.values; !rest.empty();) {
    const auto bar = rest.find('|');
    allowed.emplace_back(rest.substr(0, bar));
    rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
  }
  const auto fits = [&](const std::string& one) { return one.ends_with('=') ? value.starts_with(one) : value == one; };
  if (std::ranges::any_of(allowed, fits)) return;
  for (std::string& one : allowed) {
    if (one == value + "=")
      throw Error(ErrorCode::usage, with_dashes(row.name) + " " + value + " says nothing of what to print",
                  "it stands right behind it: " + one + "TEXT");
    if (one.ends_with('=')) one += "…";
  }
  const std::string list = joined(allowed);
  const auto near = nearest(value, allowed);
  throw Error(ErrorCode::usage, "'" + value + "' is not a value for " + with_dashes(row.name),
              near ? "did you mean " + *near + "? (" + list + ")" : "it takes one of " + list);
}

/// Levenshtein's distance.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
    }
  }
  return row[b.size()];
}

}  // namespace

const Options::Given* Options::find(std::string_view name) const {
  const auto found = std::ranges::find(given_, name, &Given::name);
  return found == given_.end() ? nullptr : &*found;
}

std::optional<std::string> Options::value(std::string_view name) const {
  const Given* given = find(name);
  if (given == nullptr || given->values.empty()) return std::nullopt;
  return given->values.back();
}

std::string Options::text(std::string_view name, std::string_view otherwise) const {
  return value(name).value_or(std::string(otherwise));
}

std::optional<long long> Options::number(std::string_view name, long long least) const {
  const auto given = value(name);
  if (!given) return std::nullopt;
  long long number = 0;
  const char* const end = given->data() + given->size();
  const auto [stop, failure] = std::from_chars(given->data(), end, number);
  if (failure != std::errc() || stop != end || number < least) {
    throw Error(ErrorCode::usage, "'" + *given + "' is not a value for " + with_dashes(name),
                "it takes a whole number of at least " + std::to_string(least));
  }
  return number;
}

std::vector<std::string> Options::all(std::string_view name) const {
  std::vector<std::string> values;
  const Given* given = find(name);
  if (given == nullptr) return values;
  for (const std::string& one : given->values) {
    for (std::string_view rest = one;;) {
      const auto comma = rest.find(',');
      if (!rest.substr(0, comma).empty()) values.emplace_back(rest.substr(0, comma));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return values;
}

std::vector<std::string> Options::each(std::string_view name) const {
  const Given* given = find(name);
  return given == nullptr ? std::vector<std::string>() : given->values;
}

void Options::set(std::string_view name, std::string value) {
  const auto found = std::ranges::find(given_, name, &Given::name);
  if (found == given_.end()) {
    given_.push_back({std::string(name), {std::move(value)}});
  } else {
    found->values.push_back(std::move(value));
  }
}

std::string Options::take_argument() {
  std::string first = std::move(arguments_.front());
  arguments_.erase(arguments_.begin());
  return first;
}

Options parse_command_line(std::span<const Option> rows, const std::vector<std::string>& args) {
  using namespace po::command_line_style;
  const int style = allow_long | allow_short | allow_dash_for_short | long_allow_adjacent | long_allow_next |
                    short_allow_adjacent | short_allow_next | allow_sticky;
  const po::options_description description = describe(rows);
  Options options;
  try {
    const auto parsed = po::command_line_parser(args).options(description).style(style).run();
    for (const auto& option : parsed.options) {
      if (option.position_key >= 0) {
        for (const std::string& argument : option.value) options.add_argument(argument);
        continue;
      }
      const auto row = std::ranges::find_if(rows, [&](const Option& candidate) {
        return candidate.name == option.string_key || (option.string_key.size() == 2 && option.string_key[0] == '-' &&
                                                       option.string_key[1] == candidate.letter);
      });
      if (row == rows.end()) throw unknown_option(rows, option.string_key);
      const std::string value = value_of(option);
      if (!row->repeatable && !row->argument.empty() && options.has(row->name) && options.text(row->name) != value) {
        throw Error(ErrorCode::usage, with_dashes(row->name) + " was given twice with different values",
                    "leave one of them out");
      }
      if (!row->argument.empty()) check_value(*row, value);
      options.set(row->name, value);
    }
  } catch (const po::unknown_option& unknown) {
    throw unknown_option(rows, unknown.get_option_name());
  } catch (const po::error_with_option_name& wrong) {
    throw Error(ErrorCode::usage, wrong.what());
  } catch (const po::error& wrong) { throw Error(ErrorCode::usage, wrong.what()); }
  return options;
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t kWorthCompleting = 3;
  const auto longer = [&](const std::string& candidate) { return candidate.starts_with(word); };
  if (word.size() >= kWorthCompleting && std::ranges::count_if(known, longer) == 1)
    return *std::ranges::find_if(known, longer);
  std::optional<std::string> best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t distance = edits(word, candidate);
    if (distance < least && distance < candidate.size()) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace akqueue

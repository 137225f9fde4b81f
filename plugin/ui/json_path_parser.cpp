#include <charconv>

#include "akqueue/json_depth.hpp"
#include "ui/json_path.hpp"

namespace akqueue::ui {
namespace {

using Step = JsonPath::Step;

/// Filters may hold paths with filters: nobody writes more of them into each other.
constexpr int kDeepestFilter = 8;

/// Reads a path from a text, character by character.
class PathReader {
 public:
  PathReader(std::string_view text, std::size_t at, int depth) : text_(text), at_(at), depth_(depth) {}

  JsonPath read() {
    bool from_root = false;
    if (peek() == '$' || peek() == '@') from_root = text_[at_++] == '$';
    std::vector<Step> steps;
    while (!ended() && (peek() == '.' || peek() == '[')) read_step(steps);
    return {from_root, std::move(steps)};
  }
  std::size_t at() const { return at_; }

 private:
  bool ended() const { return at_ >= text_.size(); }
  char peek() const { return ended() ? '\0' : text_[at_]; }
  [[noreturn]] void fail(const std::string& what) const { throw BrokenPath{what, at_}; }
  void skip_blanks() {
    while (peek() == ' ') ++at_;
  }
  void expect(char sign) {
    skip_blanks();
    if (peek() != sign) fail("'" + std::string(1, sign) + "' is missing");
    ++at_;
  }

  void read_step(std::vector<Step>& steps) {
    if (peek() == '[') {
      steps.push_back(read_brackets());
      return;
    }
    ++at_;
    if (peek() == '.') {
      ++at_;
      steps.push_back({.kind = Step::Kind::descendants});
      if (peek() == '[') return;
    }
    if (peek() == '[') return;  // `.[0]`
    if (peek() == '*') {
      ++at_;
      steps.push_back({.kind = Step::Kind::every});
      return;
    }
    const std::string name = read_name();
    if (!name.empty()) steps.push_back({.kind = Step::Kind::members, .names = {name}});
    // `.` alone is what is looked at.
    else if (!ended() && peek() != '}' && peek() != ' ' && peek() != ')') fail("a name is missing");
    else if (!steps.empty()) fail("a name is missing");
  }

  /// With `\.` for a point in a name.
  std::string read_name() {
    constexpr std::string_view kEnds = ".[]{}()'\"=!<>, \t\n";
    std::string name;
    for (; !ended(); ++at_) {
      if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
      else if (kEnds.find(peek()) != std::string_view::npos) break;
      name += peek();
    }
    return name;
  }

  Step read_brackets() {
    ++at_;
    skip_blanks();
    Step step{.kind = Step::Kind::every};
    if (peek() == '*') ++at_;
    else if (peek() == '?') step = read_filter();
    else if (peek() == '\'' || peek() == '"') step = read_names();
    else step = read_numbers();
    expect(']');
    return step;
  }

  Step read_names() {
    Step step{.kind = Step::Kind::members};
    for (;;) {
      skip_blanks();
      step.names.push_back(read_quoted());
      skip_blanks();
      if (peek() != ',') return step;
      ++at_;
    }
  }

  std::string read_quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("a quote is missing");
    std::string text;
    for (++at_; !ended() && peek() != quote; ++at_) {
      if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
      text += peek();
    }
    if (ended()) fail("the closing quote is missing");
    ++at_;
    return text;
  }

  std::optional<long long> read_number() {
    skip_blanks();
    long long number = 0;
    const char* const begin = text_.data() + at_;
    const auto [stop, failure] = std::from_chars(begin, text_.data() + text_.size(), number);
    if (failure == std::errc::result_out_of_range) fail("the number is too large");
    if (failure != std::errc()) return std::nullopt;
    at_ += static_cast<std::size_t>(stop - begin);
    skip_blanks();
    return number;
  }

  /// `0`, `0,2`, `1:`, `-1:`, `0:9:2`
  Step read_numbers() {
    const std::optional<long long> first = read_number();
    if (peek() == ':') return read_slice(first);
    if (!first) fail("a number, '*', '?(…)' or a name in quotes is missing");
    Step step{.kind = Step::Kind::elements, .indexes = {*first}};
    while (peek() == ',') {
      ++at_;
      const std::optional<long long> next = read_number();
      if (!next) fail("a number is missing");
      step.indexes.push_back(*next);
    }
    return step;
  }

  Step read_slice(std::optional<long long> from) {
    ++at_;
    Step step{.kind = Step::Kind::slice, .slice = {.from = from, .to = read_number()}};
    if (peek() != ':') return step;
    ++at_;
    step.slice.step = read_number().value_or(1);
    if (step.slice.step < 1) fail("steps are at least 1");
    return step;
  }

  Step read_filter() {
    if (depth_ >= kDeepestFilter) fail("too many filters stand in each other");
    ++at_;
    expect('(');
    JsonPath::Filter filter{.left = read_operand()};
    skip_blanks();
    for (const std::string_view sign : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!text_.substr(at_).starts_with(sign)) continue;
      at_ += sign.size();
      filter.sign = sign;
      filter.right = read_operand();
      break;
    }
    if (skip_blanks(); peek() == '&' || peek() == '|')
      fail("kubectl's filters know no && and ||: write [?(…)] behind [?(…)]");
    expect(')');
    return {.kind = Step::Kind::filter, .filter = std::make_shared<const JsonPath::Filter>(std::move(filter))};
  }

  JsonPath::Operand read_operand() {
    skip_blanks();
    if (peek() == '\'' || peek() == '"') return {.path = nullptr, .literal = read_quoted()};
    if (peek() == '@' || peek() == '$' || peek() == '.') {
      PathReader reader(text_, at_, depth_ + 1);
      auto path = std::make_shared<const JsonPath>(reader.read());
      at_ = reader.at();
      return {.path = std::move(path)};
    }
    const std::size_t begin = at_;
    while (!ended() && std::string_view(")=!<> &|").find(peek()) == std::string_view::npos) ++at_;
    Json literal = parse_foreign<Json>(text_.substr(begin, at_ - begin));
    if (literal.is_discarded() || literal.is_structured()) {
      at_ = begin;
      fail("a value is missing: @.NAME, 'text', a number, true, false or null");
    }
    return {.path = nullptr, .literal = std::move(literal)};
  }

  std::string_view text_;
  std::size_t at_;
  int depth_;
};

}  // namespace

JsonPath JsonPath::parse_at(std::string_view text, std::size_t& at) {
  PathReader reader(text, at, 0);
  JsonPath path = reader.read();
  at = reader.at();
  return path;
}

JsonPath JsonPath::parse(std::string_view text) {
  std::size_t at = 0;
  JsonPath path = parse_at(text, at);
  if (at < text.size()) throw BrokenPath{"'.' or '[' is missing", at};
  return path;
}

}  // namespace akqueue::ui

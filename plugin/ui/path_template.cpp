#include "ui/path_template.hpp"

#include "akqueue/error.hpp"
#include "ui/json_text.hpp"

namespace akqueue::ui {
namespace {

/// Typed by a person: line ends and tabs are meant.
Text typed_text(std::string_view typed) {
  Text text;
  while (!typed.empty()) {
    const auto end = typed.find_first_of("\n\t");
    text += Text(typed.substr(0, end));
    if (end == std::string_view::npos) break;
    text += typed[end] == '\n' ? Text("\n") : Text("\t");
    typed.remove_prefix(end + 1);
  }
  return text;
}

}  // namespace

class PathTemplate::Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<Part> read() {
    // A path without braces.
    if (text_.find('{') == std::string_view::npos && (text_.starts_with('.') || text_.starts_with('$'))) {
      Part part{.path = std::make_shared<const JsonPath>(JsonPath::parse(text_))};
      return {std::move(part)};
    }
    return read_parts(false);
  }

 private:
  std::vector<Part> read_parts(bool in_range) {
    const std::size_t begun = at_;
    std::vector<Part> parts;
    while (at_ < text_.size()) {
      const auto brace = text_.find('{', at_);
      if (brace != at_) parts.push_back({.text = std::string(text_.substr(at_, brace - at_))});
      if (brace == std::string_view::npos) {
        at_ = text_.size();
        break;
      }
      at_ = brace + 1;
      if (read_braces(parts, in_range)) return parts;
    }
    if (in_range) throw BrokenPath{"{end} is missing for the {range …}", begun};
    return parts;
  }

  /// Whether they are `{end}`.
  bool read_braces(std::vector<Part>& parts, bool in_range) {
    for (skip_blanks(); !take('}'); skip_blanks()) {
      if (at_ >= text_.size()) throw BrokenPath{"'}' is missing", at_};
      if (take_word("end")) {
        if (!in_range) throw BrokenPath{"no {range …} is open for this {end}", at_};
        if (skip_blanks(); !take('}')) throw BrokenPath{"'}' is missing", at_};
        return true;
      }
      if (take_word("range")) {
        skip_blanks();
        Part part{.path = read_path(), .range = true};
        if (skip_blanks(); !take('}')) throw BrokenPath{"'}' is missing", at_};
        part.inside = read_parts(true);
        parts.push_back(std::move(part));
        return false;
      }
      if (text_[at_] == '"' || text_[at_] == '\'') parts.push_back({.text = read_quoted()});
      else parts.push_back({.path = read_path()});
    }
    return false;
  }

  /// Of a path that may do without its first point.
  std::shared_ptr<const JsonPath> read_path() {
    const std::size_t begun = at_;
    JsonPath path = JsonPath::parse_at(text_, at_);
    if (at_ == begun) throw BrokenPath{"a path is missing, which begins with '.'", at_};
    return std::make_shared<const JsonPath>(std::move(path));
  }

  std::string read_quoted() {
    const char quote = text_[at_];
    std::string text;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      char sign = text_[at_];
      if (sign == '\\' && at_ + 1 < text_.size()) {
        sign = text_[++at_];
        sign = sign == 'n' ? '\n' : sign == 't' ? '\t' : sign;
      }
      text += sign;
    }
    if (!take(quote)) throw BrokenPath{"the closing quote is missing", at_};
    return text;
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool take(char sign) {
    if (at_ >= text_.size() || text_[at_] != sign) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    const std::string_view rest = text_.substr(at_);
    if (!rest.starts_with(word)) return false;
    if (rest.size() > word.size() && rest[word.size()] != ' ' && rest[word.size()] != '}') return false;
    at_ += word.size();
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

PathTemplate::PathTemplate(std::string_view text) {
  if (text.empty())
    throw Error(ErrorCode::usage, "-o jsonpath= says nothing of what to print", "like -o jsonpath={.site.namespace}");
  try {
    parts_ = Reader(text).read();
  } catch (const BrokenPath& broken) {
    const std::string before(text.substr(0, broken.at));
    throw Error(ErrorCode::usage, "-o jsonpath: " + broken.what + (before.empty() ? "" : ", behind '" + before + "'"),
                "like '{.site.namespace}' or '{range .tasks[*]}{.id}{\"\\n\"}{end}', as kubectl takes it");
  }
}

void PathTemplate::print_parts(const std::vector<Part>& parts, const Json& root, const Json& now, Text& out) {
  for (const Part& part : parts) {
    if (part.path == nullptr) {
      out += typed_text(part.text);
      continue;
    }
    bool first = true;
    for (const Json* const value : part.path->find(root, now)) {
      if (part.range) {
        print_parts(part.inside, root, *value, out);
        continue;
      }
      if (!first) out += " ";
      first = false;
      out += text_of_value(*value);
    }
  }
}

Text PathTemplate::print(const Json& document) const {
  Text out;
  print_parts(parts_, document, document, out);
  return out.view().ends_with('\n') ? out : out + "\n";
}

Text text_of_value(const Json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? Text(value.get<std::string>()) : compact_json(value);
}

}  // namespace akqueue::ui

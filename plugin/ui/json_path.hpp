// Where in a JSON document something is, in kubectl's dialect of JSONPath. No library of Debian reads that.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"

namespace akqueue::ui {

/// `.site.namespace`, `.tasks[*].id`, `.tasks[0]`, `.tasks[-1:]`, `['a']`, `..id`, `.tasks[?(@.state=="queued")].id`;
/// `$` is the document, `@` or nothing what is looked at now.
class JsonPath {
 public:
  /// What a filter compares: a path, or a text, number, true, false or null.
  struct Operand {
    std::shared_ptr<const JsonPath> path;
    Json literal = {};
  };
  struct Filter {
    Operand left;
    std::string sign = {};  ///< `==`; empty: whether there is anything at `left`
    Operand right = {};
  };
  struct Slice {
    std::optional<long long> from;
    std::optional<long long> to;
    long long step = 1;
  };
  struct Step {
    enum class Kind { members, elements, slice, every, descendants, filter };
    Kind kind;
    std::vector<std::string> names = {};
    std::vector<long long> indexes = {};
    Slice slice = {};
    std::shared_ptr<const Filter> filter = {};
  };

  JsonPath(bool from_root, std::vector<Step> steps) : from_root_(from_root), steps_(std::move(steps)) {}

  /// Of a text that is nothing else. Throws BrokenPath.
  static JsonPath parse(std::string_view text);
  /// Of the beginning of `text` from `at` on, which is left behind it. Throws BrokenPath.
  static JsonPath parse_at(std::string_view text, std::size_t& at);

  /// What is there, in the document's order; nothing where there is no such member.
  std::vector<const Json*> find(const Json& root, const Json& now) const;

 private:
  bool from_root_;
  std::vector<Step> steps_;
};

/// What is wrong, and where in the text.
struct BrokenPath {
  std::string what;
  std::size_t at;
};

}  // namespace akqueue::ui

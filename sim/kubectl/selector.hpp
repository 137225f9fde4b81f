// Label selectors: `a=b,c!=d,e in (x,y),f notin (z),g,!h`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"

namespace akqueue::sim {

class Selector {
 public:
  /// Throws Failure for a text that is not a selector. An empty text matches everything.
  explicit Selector(std::string_view text);
  /// `labels` is an object of texts, or null.
  bool matches(const ForeignJson& labels) const;

 private:
  struct Requirement {
    std::string key;
    bool negated = false;
    bool any_value = false;  ///< only the key matters
    std::vector<std::string> values;
  };
  static Requirement requirement(std::string_view text);

  std::vector<Requirement> requirements_;
};

}  // namespace akqueue::sim

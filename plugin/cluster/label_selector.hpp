// Kubernetes' label selectors, judged here: options name them for pods that one `kubectl get` has listed already.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace akqueue::cluster {

using Labels = std::map<std::string, std::string>;

/// `app=web,tier in (a,b),!canary`, as kubectl's -l takes it.
class LabelSelector {
 public:
  /// Throws Error (usage), which names `option`, for anything else; an empty one would be of all pods.
  static LabelSelector parse(std::string_view text, std::string_view option);

  bool matches(const Labels& labels) const;

 private:
  struct Requirement {
    std::string key;
    bool wanted = true;               ///< `!key`, `!=` and `notin` are not
    bool any_value = false;           ///< only whether the label is there
    std::vector<std::string> values;  ///< one of them
  };
  static Requirement parse_one(std::string_view text, std::string_view option);

  std::vector<Requirement> requirements_;
};

}  // namespace akqueue::cluster

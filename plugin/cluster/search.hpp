// Where to look for authentik, and what somebody has said about which pod is what.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace akqueue::cluster {

/// How to look; most fields are the options of the same names.
struct Search {
  std::string name_space = {};  ///< empty: all
  std::string selector = std::string(kDefaultSelector);
  bool selector_given = false;       ///< somebody has said it; else what it does not find is looked for without it
  std::string pod = {};              ///< take this one; still refused if it is a worker
  std::string container = {};        ///< empty: the one that is the server
  std::string release = {};          ///< empty: the only one
  std::string server_selector = {};  ///< these pods are the servers, and no others
  std::string worker_selector = {};  ///< these pods are the workers, and no others …
  std::vector<std::string> worker_deployments = {};  ///< … but those of these deployments
  bool allow_worker = false;                         ///< a worker may be entered
  /// Workers without the labels count too: where labels have found a server and a worker, the namespace is looked
  /// through for others once more.
  bool all_workers = false;
  /// All objects of the namespace are asked for, and those that are authentik's are kept: a look by labels has not
  /// found everything.
  bool without_labels = false;

  /// Somebody has said which pods are the workers.
  bool names_workers() const { return !worker_selector.empty() || !worker_deployments.empty(); }
  /// kubectl is asked by labels.
  bool by_labels() const { return selector_given || !(without_labels || names_workers() || !server_selector.empty()); }

  static constexpr std::string_view kDefaultSelector = "app.kubernetes.io/name=authentik";
};

}  // namespace akqueue::cluster

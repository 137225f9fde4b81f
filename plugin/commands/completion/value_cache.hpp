// The names of the site that was looked at last, for half a minute: whoever presses TAB presses it again.
//
// completion.json in the state directory, 0600. It answers only the very same question: the same kubectl and flags, and
// kubeconfig files that were not touched since (a person may have switched contexts).
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "backup/state_directory.hpp"
#include "cli/completion.hpp"

namespace akqueue::commands {

/// By kind of word. A kind that is not in it was not looked for.
using SiteWords = std::map<cli::ValueKind, std::vector<cli::Candidate>>;

class ValueCache {
 public:
  ValueCache(const backup::StateDirectory& state, std::string key) : state_(state), key_(std::move(key)) {}

  static constexpr std::chrono::seconds kFresh{30};
  /// For a look that failed: a site that is down is not waited for at each press of the key.
  static constexpr std::chrono::seconds kFreshFailure{5};

  /// What was kept under this key; empty for nothing, or nothing that is fresh.
  SiteWords read() const;
  /// Keeps it for so long. Where that can't be done, nothing is kept.
  void write(const SiteWords& words, std::chrono::seconds fresh) const;

 private:
  const backup::StateDirectory& state_;
  std::string key_;
};

/// `flags` name the site; with the kubeconfig files that kubectl would read (`kubeconfig`: the one of the command
/// line), and the simulator's world, wherever both are named from.
std::string cache_key(const std::vector<std::string>& flags, const std::string& kubeconfig,
                      const std::string& environment);

}  // namespace akqueue::commands

// What `drain` was asked for.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cluster/drain_note.hpp"
#include "commands/delete/request.hpp"

namespace akqueue::commands {

/// How many replicas a worker deployment goes back to.
struct ReplicasWish {
  std::string deployment;  ///< empty: the only one
  std::string number;      ///< digits, four at most
};

struct DrainRequest {
  enum class Mode { begin, resume, cancel };
  Mode mode = Mode::begin;
  DeletionRequest deletion = {};        ///< to resume: without what is deleted, which stands in the note
  std::vector<std::string> words = {};  ///< the same for a note: the arguments, and the options that choose tasks
  std::vector<ReplicasWish> back_to = {};
  std::chrono::seconds timeout{0};  ///< for pods to end, and to be Ready
  std::chrono::seconds follow{0};
  bool keep_down = false;
};

std::vector<Option> drain_options();

/// Throws Error (usage).
DrainRequest read_drain_request(const Options& options, const cli::Command& command);

/// The deletion that a note tells of, in the manner of `request`. Throws Error (unsupported) for one that makes no
/// sense, which a newer version may have written.
DeletionRequest noted_deletion(const DrainRequest& request, const cluster::DrainNote& note);

}  // namespace akqueue::commands

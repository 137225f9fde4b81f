// kubectl as a process: the person's own contexts, credentials, proxies and permissions apply, and the simulator can
// stand in for all of it. Nothing here talks to an API server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "akqueue/error.hpp"
#include "system/process.hpp"

namespace akqueue {

/// The command that stands for `kubectl`: itself, or `akqueue-sim kubectl --world WORLD`. This is the only place that
/// knows of the simulator.
std::vector<std::string> kubectl_program(const std::string& world);

class Kubectl {
 public:
  /// `global_flags` (--context, --kubeconfig, --as, …) are passed on to every call, so that no call can reach another
  /// cluster than the first one did.
  Kubectl(Launcher& launcher, std::vector<std::string> program, std::vector<std::string> global_flags)
      : launcher_(launcher), program_(std::move(program)), global_flags_(std::move(global_flags)) {}

  /// The same kubectl with one more flag, started by another launcher; its journal is its own.
  Kubectl with(Launcher& launcher, const std::string& flag) const;

  /// Starts `kubectl ARGS GLOBAL-FLAGS [-- REST]`. `after_dashes` are the words behind `--`, as for exec.
  std::unique_ptr<Process> start(const std::vector<std::string>& args,
                                 const std::vector<std::string>& after_dashes = {});

  /// Runs to the end. Throws only what starting and waiting throw; look at the status.
  Finished run(const std::vector<std::string>& args);

  /// All calls so far, as typed into a shell; `-v` shows them.
  const std::vector<std::string>& journal() const { return journal_; }

 private:
  Launcher& launcher_;
  std::vector<std::string> program_;
  std::vector<std::string> global_flags_;
  std::vector<std::string> journal_;
};

/// The Error for a kubectl that failed: kind by its own words (forbidden, no context, no server to reach, …), its
/// standard error as the detail. `doing` completes "can't …".
Error kubectl_error(const Finished& finished, const std::string& doing);

}  // namespace akqueue

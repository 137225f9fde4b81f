// kubectl as a process: the user's own contexts, credentials, proxies and permissions apply, and the simulator can
// stand in for all of it. Nothing here talks to an API server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "akqueue/error.hpp"
#include "system/process.hpp"

namespace akqueue::cluster {

/// The command to run as `kubectl`: `akqueue-sim kubectl --world WORLD` for a world, which only this place knows; else
/// the words of AKQUEUE_KUBECTL (`oc`, `microk8s kubectl`), separated by blanks; else kubectl itself.
std::vector<std::string> kubectl_program(const std::string& world);

class Kubectl {
 public:
  /// `global_flags` (--context, --kubeconfig, --as, …) are passed on to every call, so that no call can reach another
  /// cluster than the first one did.
  Kubectl(system::Launcher& launcher, std::vector<std::string> program, std::vector<std::string> global_flags)
      : launcher_(launcher), program_(std::move(program)), global_flags_(std::move(global_flags)) {}

  /// The same kubectl, started by another launcher, with a journal of its own.
  Kubectl with(system::Launcher& launcher) const { return {launcher, program_, global_flags_}; }
  /// The same with one more flag, started by another launcher, with a journal of its own.
  Kubectl with(system::Launcher& launcher, const std::string& flag) const;

  /// Starts `kubectl ARGS GLOBAL-FLAGS [-- REST]`. `after_dashes` are the words after `--`, as for exec.
  std::unique_ptr<system::Process> start(const std::vector<std::string>& args,
                                         const std::vector<std::string>& after_dashes = {});

  /// Runs it to the end; a credential plugin of it may ask the person at the terminal, where there is one. Throws only
  /// what starting and waiting throw; look at the status.
  system::Finished run(const std::vector<std::string>& args);

  /// All calls so far, as typed into a shell; `-v` shows them.
  const std::vector<std::string>& journal() const { return journal_; }

 private:
  system::Launcher& launcher_;
  std::vector<std::string> program_;
  std::vector<std::string> global_flags_;
  std::vector<std::string> journal_;

  /// The whole command line, in the journal already.
  std::vector<std::string> command(const std::vector<std::string>& args, const std::vector<std::string>& after_dashes);
};

/// The Error for a kubectl that failed: its code from kubectl's own message (forbidden, no context, no server to reach,
/// …), kubectl's standard error as its detail. `doing` completes "can't …".
Error kubectl_error(const system::Finished& finished, const std::string& doing);

}  // namespace akqueue::cluster

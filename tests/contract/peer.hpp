// The peer that all cases of this run talk to, reached as the plugin reaches it: a kubectl that is spawned, `exec -i`,
// the bootstrap, the agent's source over standard input.
//
//   sqlite    akqueue-sim kubectl --world WORLD, with a world made for this run, of the release and in the schema
//             asked for
//   postgres  the stand-in kubectl of tests/beds/postgres, under with-cluster: the real agent on a real PostgreSQL, of
//             the release and in the schema that with-cluster was given
//
// Every case begins by emptying the tables, so no kubectl but these two is ever started: not the one on PATH.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cluster/discovery.hpp"
#include "release.hpp"
#include "session/agent.hpp"

namespace akqueue::contract {

enum class Engine { sqlite, postgres };

class Peer {
 public:
  virtual ~Peer() = default;
  virtual Engine engine() const = 0;
  bool is_postgres() const { return engine() == Engine::postgres; }
  const Release& release() const { return release_; }

  /// Runs a command in the server's container.
  std::unique_ptr<system::Process> exec(const std::vector<std::string>& command);
  /// A new session, connected.
  session::Opened open();

 protected:
  /// `program` is used as kubectl.
  Peer(system::Interrupts& interrupts, const std::vector<std::string>& program, Release release)
      : launcher_(interrupts), kubectl_(launcher_, program, {"--namespace=authentik"}), release_(std::move(release)) {}

 private:
  system::SystemLauncher launcher_;
  cluster::Kubectl kubectl_;
  cluster::Target target_;
  Release release_;
};

/// The peer that the command line names. What is missing for it is told on standard error: nothing then, never a pass.
std::unique_ptr<Peer> make_peer(const std::vector<std::string>& arguments);

/// This run's.
Peer& peer();

}  // namespace akqueue::contract

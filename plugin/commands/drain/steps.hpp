// The steps of a drain: down, wait, (the deletion,) back, wait. Each can be interrupted, and says what it waits for.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cluster/owners.hpp"
#include "cluster/scaling.hpp"
#include "commands/shared/site.hpp"
#include "ui/waiting.hpp"

namespace akqueue::commands {

/// A worker deployment that is drained.
struct DrainTarget {
  cluster::Deployment deployment;           ///< as it was seen before
  std::vector<cluster::Owner> owners = {};  ///< what else scales it
  std::size_t pods = 0;
  cluster::DrainNote note = {};
  int back_to = 0;        ///< replicas afterwards
  bool down = false;      ///< it is scaled down, with the note on it, which `deployment` then has
  bool doubtful = false;  ///< nobody has answered whether it was: it counts as down, and the way back finds out
};

class DrainSteps {
 public:
  DrainSteps(const cli::Environment& environment, Cluster& cluster, std::string release,
             std::vector<DrainTarget> drained, std::chrono::seconds timeout)
      : environment_(environment),
        cluster_(cluster),
        release_(std::move(release)),
        drained_(std::move(drained)),
        timeout_(timeout) {}

  /// Notes on each deployment that is not at 0 what is needed to bring it back, and scales it to 0.
  /// Throws Error (refused) when somebody has scaled one meanwhile.
  void scale_down();
  /// Until no pod of them is left; a look that fails is told and done again. Throws Error (condition) at the timeout,
  /// with each pod that hangs; (refused) when something scales them up meanwhile; (interrupted).
  void wait_until_gone();
  void note_deleted();
  /// Scales back those that are down. What something else has scaled up meanwhile, or has taken into a drain of its
  /// own, is left as it is. An API server that does not answer is asked again, until the timeout.
  void scale_back();
  /// Until all are Ready. False at the timeout, and on an interrupt.
  bool wait_until_ready();

  bool any_down() const;
  /// One is down beyond doubt.
  bool known_down() const;
  /// `authentik-worker back to 3`.
  ui::Text back_words() const;
  const std::vector<DrainTarget>& drained() const { return drained_; }

 private:
  cluster::Inventory look();
  /// Nothing where the API server does not answer just now, which is said; after the deadline that is thrown.
  std::optional<cluster::Inventory> try_to_look(ui::WaitingLine& line, std::chrono::steady_clock::time_point deadline);
  ui::Text scale_one_back(DrainTarget& one, std::chrono::steady_clock::time_point deadline);
  /// What has become of one that is not as this drain left it. Nothing where it is to be scaled back still.
  std::optional<ui::Text> what_became_of(DrainTarget& one, bool answer_lost);
  void say(const ui::Text& line);

  const cli::Environment& environment_;
  Cluster& cluster_;
  std::string release_;
  std::vector<DrainTarget> drained_;
  std::chrono::seconds timeout_;
  bool blind_ = false;  ///< the last look failed, and that was said
};

}  // namespace akqueue::commands

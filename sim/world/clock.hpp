// The two clocks of a world. A world is a file that many short processes open, so time follows from numbers in it:
//   uptime  the cluster's own, in microseconds since the world was made: the real time that has passed, times the
//           world's speed. It never stops.
//   now     what the world shows: the time at which it was made plus the uptime, or only that time if the clock was
//           stopped (`create --now`, a scenario's `now`).
//
// Nothing runs between two processes. Each lets the world catch up with its uptime when it opens it, and a session does
// so again before each request (simulation/catch_up.hpp). Even in a world whose clock was stopped, what somebody starts
// takes its course: pods end and start, an autoscaler or a GitOps controller resets replicas. What happens by itself
// stops with the clock (heartbeats, kills, tasks that come and are finished), so that such a world always looks the
// same.
//
// The speed belongs to the world: the environment variable AKQUEUE_SIM_SPEED of a stand-in sets it from then on, for
// all.
//
// Errors: Error (usage) for an invalid speed.
#pragma once

#include <functional>
#include <optional>

#include "akqueue/time.hpp"
#include "replica/database.hpp"

namespace akqueue::sim {

/// This machine's clock.
Timestamp real_now();

/// AKQUEUE_SIM_SPEED: from 0.001 to 100000, 1 is real time. Nothing if it is not set.
std::optional<double> speed_of_environment();

class Clock {
 public:
  /// `base` is what the world showed when it was made. `real` tells how much time has passed.
  Clock(Database& database, Timestamp base, bool stopped, std::function<Timestamp()> real);

  /// Another process may have set the speed.
  void read();
  Timestamp uptime() const;
  /// What the world shows at that uptime.
  Timestamp shown(Timestamp uptime) const { return stopped_ ? base_ : base_ + uptime; }
  Timestamp now() const { return shown(uptime()); }
  bool stopped() const { return stopped_; }

  double speed() const { return speed_; }
  /// From here on; the uptime continues from its current value.
  void set_speed(double speed);

 private:
  Database& database_;
  std::function<Timestamp()> real_;
  Timestamp base_;
  bool stopped_;
  // The uptime was `uptime_` at `set_`.
  Timestamp set_ = 0;
  Timestamp uptime_ = 0;
  double speed_ = 1;
};

}  // namespace akqueue::sim

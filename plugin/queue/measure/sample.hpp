// One look at a watched queue: how much is there, and what changed since the previous look.
//
// A task's row tells its state and when it last changed, nothing else. So a sample has the counts at its moment and, of
// the rows that changed since the last look, how many came (they wait, and have not been tried yet), were put back for
// another try, or were finished. A task that came and was finished between two looks shows only as finished; trend.hpp
// turns this into rates.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "queue/filter/filter.hpp"
#include "queue/measure/heartbeats.hpp"
#include "queue/measure/queue_counts.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

struct ActorSample {
  std::string actor;
  std::int64_t queued = 0;
  std::int64_t came = 0;
  std::int64_t finished = 0;
};

struct Sample {
  Timestamp now = 0;    ///< the database's clock
  Timestamp since = 0;  ///< of what changed
  std::map<std::string, std::int64_t> states;
  bool estimated = false;  ///< some count of `states`
  bool queued_estimated = false;
  std::vector<ActorSample> actors;  ///< most queued first
  bool actors_estimated = false;    ///< their `queued`
  // In (since, now]:
  std::int64_t came = 0;      ///< queued, and not tried yet if the release tells
  std::int64_t put_back = 0;  ///< queued for another try
  std::int64_t finished = 0;  ///< done or rejected
  std::int64_t taken = 0;
  // Of the taken (queue/filter/in_hand.hpp); a standby can't tell.
  std::optional<std::int64_t> held;
  std::optional<std::int64_t> stranded;
  std::optional<std::int64_t> ending;
  std::optional<std::int64_t> orphaned;
  std::optional<std::int64_t> workers_alive;  ///< nothing if the release has no heartbeats

  std::int64_t in(std::string_view state) const;
  std::int64_t total() const;
  std::int64_t queued() const;
  std::int64_t done_or_rejected() const;
  /// Neither done nor rejected; includes unknown states.
  std::int64_t unfinished() const { return total() - done_or_rejected(); }
};

/// Takes samples over one session.
class Sampler {
 public:
  /// Limits that tests make small.
  struct Limits {
    CountLimits counts = {};
    /// In larger tables the actors' shares come from a sample of the table's pages.
    std::int64_t exact_actors = 300'000;
    int statement_timeout_ms = 5'000;
    /// Behind a pooler: how many tasks one worker can have taken, if that is known (none_beyond()).
    std::optional<std::int64_t> most_held_each = {};
  };
  /// The first sample looks this far back for what changed.
  static constexpr std::int64_t kFirstWindowSeconds = 60;

  /// Reads the catalog of the heartbeats. Outside a transaction.
  Sampler(session::Database database, TaskFilter scope, bool standby, Limits limits);
  Sampler(session::Database database, TaskFilter scope, bool standby)
      : Sampler(database, std::move(scope), standby, Limits()) {}

  /// In a read-only snapshot of its own. Throws what the session throws; a count that takes longer than the limit is
  /// estimated from then on, where the engine can.
  Sample take(std::optional<Timestamp> since);

 private:
  Sample read(std::optional<Timestamp> since);
  bool may_estimate() const;
  std::string scoped(session::Statement& statement) const;
  void read_states(Sample& sample) const;
  void read_states_of_actors(Sample& sample) const;
  void read_actors(Sample& sample) const;
  void read_changes(Sample& sample) const;
  Heartbeats read_workers(Sample& sample);
  void read_taken(Sample& sample, const Heartbeats& heartbeats) const;

  session::Database database_;
  TaskFilter scope_;
  bool standby_;
  Limits limits_;
  std::string workers_table_;  ///< quoted; empty for none
  Timestamp began_ = 0;        ///< the first sample's time
};

}  // namespace akqueue::queue

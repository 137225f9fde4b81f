// What holds a deletion back between its batches: a rate, and what others feel of it: replicas that fall behind,
// transactions that grow old, statements that wait for rows of a batch.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "session/database.hpp"

namespace akqueue::queue {

/// 0 stands for no limit.
struct BrakeLimits {
  std::optional<double> rows_per_second = {};     ///< tasks and what belongs to them
  std::chrono::milliseconds replica_lag{10'000};  ///< of the replica that is furthest behind
  std::chrono::milliseconds others_wait{1'000};   ///< for something that a batch has locked
  std::chrono::milliseconds transaction_age{0};   ///< of the oldest that is open in this database

  bool watches() const { return (replica_lag + others_wait + transaction_age).count() > 0; }
};

/// As the database shows it.
struct Load {
  std::chrono::milliseconds replica_lag{0};
  std::chrono::milliseconds others_wait{0};
  std::chrono::milliseconds transaction_age{0};
  bool replica_hidden = false;  ///< there is one, and this role may not see how far it is behind
};

/// For several sessions at once.
class Brake {
 public:
  using Clock = std::chrono::steady_clock;

  /// Without `now`: the clock's.
  explicit Brake(const BrakeLimits& limits, std::function<Clock::time_point()> now = Clock::now);

  /// Whether another second has passed since the last look, which travels with a batch.
  bool wants_a_look() const;
  /// Its request, which belongs into a transaction; nothing where the engine has no others.
  std::optional<session::Request> look(const session::Dialect& dialect);
  void saw(const Load& load);

  /// So many rows were deleted.
  void add(std::int64_t rows);
  /// How many tasks the next batch may have at most: no more than a second's.
  std::int64_t most(std::int64_t limit) const;
  /// How long the next batch has to wait; at most a second, then a look tells more.
  std::chrono::milliseconds rest() const;
  /// Why: `held back, the replica is 14s behind (--max-lag)`; empty: it is not.
  std::string words() const;
  /// What a person should know about it at the end: `how far the replica was behind could not be seen`; empty: nothing.
  std::string blind() const;

 private:
  struct Why {
    std::chrono::milliseconds rest{0};
    std::string words = {};
  };
  Why why() const;

  BrakeLimits limits_;
  std::function<Clock::time_point()> now_;
  mutable std::mutex mutex_;
  Clock::time_point began_;
  std::optional<Clock::time_point> looked_;
  Clock::time_point rested_from_;
  std::int64_t rows_ = 0;
  Load load_;
};

}  // namespace akqueue::queue

// The brake as one session of a deletion feels it, between its batches.
#pragma once

#include <cstdint>
#include <vector>

#include "queue/change/deletion_run.hpp"

namespace akqueue::queue {

/// Without a brake in the orders nothing holds it back.
class SessionBrake {
 public:
  SessionBrake(const session::Database& database, const DeletionPlan& orders, DeletionRun& run)
      : database_(database), orders_(orders), run_(run) {}

  /// How many tasks the next batch may have at most.
  std::int64_t most(std::int64_t limit) const;
  /// After a batch that is about to be committed: whether the next one has to wait. It must not wait in a transaction.
  bool holds(const BatchResult& batch) const;
  /// Waits, with no transaction open, until the next batch may begin, or nothing more is to begin.
  void rest() const;
  /// Adds a look at what others feel where it is time for one.
  void add_look(std::vector<session::Request>& together) const;

 private:
  bool is_held_back() const { return orders_.brake != nullptr && orders_.brake->rest().count() > 0; }

  const session::Database& database_;
  const DeletionPlan& orders_;
  DeletionRun& run_;
};

}  // namespace akqueue::queue

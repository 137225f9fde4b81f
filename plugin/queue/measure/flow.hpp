// What came and what was finished in the last minutes, as far as the rows tell: a task keeps only the time of its last
// change, so one that came and was finished within the window counts as finished.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "session/database.hpp"

namespace akqueue::queue {

struct ActorFlow {
  std::string actor;
  std::int64_t came = 0;      ///< for the first time, and still waits
  std::int64_t put_back = 0;  ///< waits for another try
  std::int64_t done = 0;
  std::int64_t rejected = 0;

  /// How many more came than were finished; what was put back was there before.
  std::int64_t growth() const { return came - done - rejected; }
};

struct Flow {
  std::int64_t window_s = 0;
  std::vector<ActorFlow> actors;  ///< the fastest growing first

  std::int64_t came() const;
  std::int64_t put_back() const;
  std::int64_t done() const;
  std::int64_t rejected() const;
};

/// Since a moment, by the database's clock. Reads the rows since then only, by the index (state, mtime). In a
/// transaction that began at `now`.
Flow read_flow_since(const session::Database& database, Timestamp since, Timestamp now);

/// The same over the last seconds.
Flow read_flow(const session::Database& database, Timestamp now, std::int64_t window_s);

}  // namespace akqueue::queue

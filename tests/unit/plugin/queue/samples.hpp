// Samples of a queue that a case makes up.
#pragma once

#include "akqueue/time.hpp"
#include "queue/measure/trend.hpp"

namespace akqueue::testing {

inline const Timestamp kNoon = *parse_timestamp("2026-05-01T12:00:00Z");

/// A look `second` seconds after noon: so many queued and done, so many changed since the look ten seconds before.
struct Look {
  std::int64_t second = 0;
  std::int64_t queued = 0;
  std::int64_t done = 0;
  std::int64_t came = 0;
  std::int64_t finished = 0;
  bool estimated = false;
};

inline queue::Sample sample_of(const Look& look) {
  queue::Sample sample;
  sample.now = kNoon + look.second * kSecond;
  sample.since = sample.now - 10 * kSecond;
  sample.states = {{"queued", look.queued}, {"done", look.done}};
  sample.estimated = sample.queued_estimated = sample.actors_estimated = look.estimated;
  sample.actors = {{"authentik.outposts.tasks.outpost_send_update", look.queued, look.came, look.finished}};
  sample.came = look.came;
  sample.finished = look.finished;
  sample.held = sample.ending = sample.orphaned = 0;
  sample.workers_alive = 2;
  return sample;
}

inline queue::Trend trend_of(const std::vector<Look>& looks) {
  queue::Trend trend;
  for (const Look& look : looks) trend.add(sample_of(look));
  return trend;
}

}  // namespace akqueue::testing

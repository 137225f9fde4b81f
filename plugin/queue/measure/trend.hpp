// Where a watched queue is going: samples over time become rates, growth by actor, and when it will be empty.
//
// Between two samples always: came - finished - removed = the change of the unfinished tasks. All three are the least
// that explains what both samples show:
//   finished  rows that became done or rejected, or the growth of these states where that is more (a clock that lags)
//   came      what the change and the finished ones imply, or the new rows that wait where that is more
//   removed   what is then missing: unfinished tasks that somebody deleted (flush, delete). Never a completion.
// A task that came and was deleted between two samples left no trace. Where the counts are estimates, their change
// means nothing: came and finished are then the rows that changed, and removed is not known.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "queue/measure/sample.hpp"

namespace akqueue::queue {

/// Tasks a second.
struct Rates {
  double seconds = 0;  ///< measured over so long; 0: nothing is known yet
  double came = 0;
  double finished = 0;
  double removed = 0;
  double growth() const { return came - finished; }
};

/// Since the first sample, as far as samples showed it.
struct Totals {
  double seconds = 0;
  std::int64_t came = 0;
  std::int64_t finished = 0;
  std::int64_t removed = 0;
  std::int64_t put_back = 0;
};

struct ActorTrend {
  std::string actor;
  std::int64_t queued = 0;
  double growth = 0;  ///< of its queued tasks per second, in the last minute
};

class Trend {
 public:
  /// What `now` is in rates.
  static constexpr double kRecentSeconds = 60;
  /// How many samples are kept.
  static constexpr std::size_t kKept = 240;

  /// The next sample. One that is not later than the last (another database took over) begins anew, totals stay.
  void add(Sample sample);

  bool empty() const { return samples_.empty(); }
  const Sample& last() const { return samples_.back().sample; }
  /// When the first sample was taken, and how much was queued then.
  Timestamp began() const { return began_; }
  std::int64_t queued_at_first() const { return queued_at_first_; }

  /// Over the samples of the last minute, at least the last one. After the first sample: what changed in its own
  /// window.
  Rates recent() const;
  const Totals& totals() const { return totals_; }
  /// Seconds until nothing is queued, at the recent rates; nothing if the queue does not shrink.
  std::optional<double> until_empty() const;
  /// Every actor that has queued tasks or had some in the last minute; the fastest growing first.
  std::vector<ActorTrend> actors() const;
  /// Queued tasks at the last `count` samples, oldest first.
  std::vector<double> queued(std::size_t count) const;

 private:
  /// A sample, and what happened since the one before.
  struct Step {
    Sample sample;
    double seconds = 0;
    std::int64_t came = 0;
    std::int64_t finished = 0;
    std::int64_t removed = 0;
  };
  static Step step_from(const Sample& before, Sample sample);
  /// The first step of the last minute.
  std::size_t first_recent() const;

  std::deque<Step> samples_;
  Totals totals_;
  Timestamp began_ = 0;
  std::int64_t queued_at_first_ = 0;
};

}  // namespace akqueue::queue

#include "commands/repair/pace.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "akqueue/error.hpp"
#include "akqueue/words.hpp"
#include "system/pause.hpp"

namespace akqueue::commands {
namespace {

constexpr double kFastest = 1e6;
/// What may be put back at once: the rate's share of so long.
constexpr double kAtOnceSeconds = 1.0;

/// 0 for what is no unit.
double seconds_of(std::string_view unit) {
  if (unit == "s") return 1;
  if (unit == "m") return 60;
  return unit == "h" ? 3600 : 0;
}

class NoPace final : public Pace {
 public:
  std::int64_t allow(std::int64_t, std::int64_t wanted) override { return wanted; }
  std::string brake() const override { return {}; }
};

class RatePace final : public Pace {
 public:
  RatePace(const cli::Environment& environment, double per_second)
      : environment_(environment), per_second_(per_second), began_(environment.clock.now()) {}

  std::int64_t allow(std::int64_t done, std::int64_t wanted) override {
    while (true) {
      const std::chrono::duration<double> passed = environment_.clock.now() - began_;
      const double due = std::floor(per_second_ * (passed.count() + kAtOnceSeconds)) - static_cast<double>(done);
      if (due >= 1) return std::min(wanted, static_cast<std::int64_t>(due));
      const auto pause = std::chrono::duration<double>(std::clamp((1 - due) / per_second_, 0.05, 1.0));
      if (!system::pause_for(environment_.clock, environment_.interrupts,
                             std::chrono::duration_cast<std::chrono::milliseconds>(pause)))
        return 0;
    }
  }
  std::string brake() const override { return "held back by --rate"; }

 private:
  const cli::Environment& environment_;
  double per_second_;
  std::chrono::steady_clock::time_point began_;
};

/// Counting what waits costs the database something: looks are this far apart, or so many times what one takes.
constexpr auto kBetweenCounts = std::chrono::milliseconds(500);
constexpr int kCountsShare = 10;
/// By how many more than at the beginning may wait (kPutBackAtOnce at first). Doubled where workers had emptied that
/// by the next look, halved where they had not come to half of it.
constexpr std::int64_t kLeastWindow = 50;
constexpr std::int64_t kLargestWindow = 20'000;
/// So long without fewer that wait is no pace.
constexpr auto kWorkersPatience = std::chrono::minutes(5);

class WorkerPace final : public Pace {
 public:
  WorkerPace(const cli::Environment& environment, std::function<std::int64_t()> waiting, std::function<void()> held)
      : environment_(environment), waiting_(std::move(waiting)), held_(std::move(held)) {}

  std::int64_t allow(std::int64_t, std::int64_t wanted) override {
    std::string brake;
    while (!environment_.interrupts.requested()) {
      if (room_ <= 0 && is_time()) look();
      if (room_ > 0) {
        const std::int64_t allowed = std::min(wanted, room_);
        room_ -= allowed;
        let_go_ += allowed;
        brake_ = brake;
        return allowed;
      }
      brake_ = brake = "held back, " + with_separators(waits_) + " wait for workers";
      held_();
      if (!system::pause_for(environment_.clock, environment_.interrupts, between_)) return 0;
    }
    return 0;
  }
  std::string brake() const override { return brake_; }

 private:
  bool is_time() const { return !at_first_ || environment_.clock.now() - looked_at_ >= between_; }

  void look() {
    const auto began = environment_.clock.now();
    const std::int64_t before = std::exchange(waits_, waiting_());
    looked_at_ = environment_.clock.now();
    if (!at_first_ || waits_ < before + let_go_) moved_at_ = looked_at_;
    let_go_ = 0;
    if (looked_at_ - moved_at_ > kWorkersPatience)
      throw Error(ErrorCode::condition, "workers have finished nothing for 5m: the rest was left as it is",
                  "kubectl akqueue workers shows them; with --rate nothing waits for workers");
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(looked_at_ - began);
    between_ = std::max<std::chrono::milliseconds>(kBetweenCounts, kCountsShare * took);
    if (!at_first_) at_first_ = waits_;
    else if (waits_ <= *at_first_) window_ = std::min(kLargestWindow, window_ * 2);
    else if (waits_ - *at_first_ > window_ / 2) window_ = std::max(kLeastWindow, window_ / 2);
    room_ = *at_first_ + window_ - waits_;
  }

  const cli::Environment& environment_;
  std::function<std::int64_t()> waiting_;
  std::function<void()> held_;
  std::optional<std::int64_t> at_first_;
  std::int64_t waits_ = 0;
  std::int64_t window_ = kPutBackAtOnce;
  std::int64_t room_ = 0;
  std::int64_t let_go_ = 0;  ///< since the last look
  std::chrono::steady_clock::time_point moved_at_;
  std::chrono::milliseconds between_{kBetweenCounts};
  std::chrono::steady_clock::time_point looked_at_;
  std::string brake_;
};

}  // namespace

double parse_rate(const std::string& text) {
  const auto slash = text.find('/');
  const std::string number = text.substr(0, slash);
  const double seconds = slash == std::string::npos ? 0 : seconds_of(std::string_view(text).substr(slash + 1));
  std::int64_t count = 0;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), count);
  const bool whole = failure == std::errc() && end == number.data() + number.size() && count > 0;
  if (!whole || seconds <= 0 || static_cast<double>(count) / seconds > kFastest)
    throw Error(ErrorCode::usage, "'" + text + "' is not a rate", "a number of tasks in a time: 10/s, 300/m or 2000/h");
  return static_cast<double>(count) / seconds;
}

std::unique_ptr<Pace> no_pace() { return std::make_unique<NoPace>(); }

std::unique_ptr<Pace> pace_of_rate(const cli::Environment& environment, double per_second) {
  return std::make_unique<RatePace>(environment, per_second);
}

std::unique_ptr<Pace> pace_of_workers(const cli::Environment& environment, std::function<std::int64_t()> waiting,
                                      std::function<void()> held) {
  return std::make_unique<WorkerPace>(environment, std::move(waiting), std::move(held));
}

}  // namespace akqueue::commands

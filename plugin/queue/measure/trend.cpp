#include "queue/measure/trend.hpp"

#include <algorithm>

namespace akqueue::queue {
namespace {

constexpr double kLeastSeconds = 0.001;

double seconds_between(Timestamp from, Timestamp to) {
  return static_cast<double>(to - from) / static_cast<double>(kSecond);
}

}  // namespace

Trend::Step Trend::step_from(const Sample& before, Sample sample) {
  Step step;
  step.seconds = seconds_between(before.now, sample.now);
  step.came = sample.came;
  step.finished = sample.finished;
  if (!before.estimated && !sample.estimated) {
    const std::int64_t change = sample.unfinished() - before.unfinished();
    step.finished = std::max(step.finished, sample.done_or_rejected() - before.done_or_rejected());
    step.came = std::max(step.came, change + step.finished);
    step.removed = step.came - step.finished - change;
  }
  step.sample = std::move(sample);
  return step;
}

void Trend::add(Sample sample) {
  if (!samples_.empty() && sample.now <= last().now) samples_.clear();
  if (samples_.empty()) {
    if (began_ == 0) began_ = sample.now, queued_at_first_ = sample.queued();
    Step first{.sample = std::move(sample)};
    first.seconds = seconds_between(first.sample.since, first.sample.now);
    first.came = first.sample.came;
    first.finished = first.sample.finished;
    samples_.push_back(std::move(first));
    return;
  }
  Step step = step_from(last(), std::move(sample));
  totals_.seconds += step.seconds;
  totals_.came += step.came;
  totals_.finished += step.finished;
  totals_.removed += step.removed;
  totals_.put_back += step.sample.put_back;
  samples_.push_back(std::move(step));
  if (samples_.size() > kKept) samples_.pop_front();
}

std::size_t Trend::first_recent() const {
  std::size_t first = samples_.size() - 1;
  double seconds = samples_.back().seconds;
  // The first sample's own window is a makeshift: once there is a real step, it does not count.
  while (first > 1 && seconds + samples_[first - 1].seconds <= kRecentSeconds + 1) seconds += samples_[--first].seconds;
  return first;
}

Rates Trend::recent() const {
  Rates rates;
  if (samples_.empty()) return rates;
  for (std::size_t i = first_recent(); i < samples_.size(); ++i) {
    const Step& step = samples_[i];
    rates.seconds += step.seconds;
    rates.came += static_cast<double>(step.came);
    rates.finished += static_cast<double>(step.finished);
    rates.removed += static_cast<double>(step.removed);
  }
  const double seconds = std::max(rates.seconds, kLeastSeconds);
  rates.came /= seconds;
  rates.finished /= seconds;
  rates.removed /= seconds;
  return rates;
}

std::optional<double> Trend::until_empty() const {
  if (samples_.empty()) return std::nullopt;
  const double growth = recent().growth();
  const auto queued = static_cast<double>(last().queued());
  if (queued == 0) return 0;
  // Less than one task in a quarter of an hour is as good as standing still.
  constexpr double kStill = 1.0 / 900;
  if (growth > -kStill) return std::nullopt;
  return queued / -growth;
}

std::vector<ActorTrend> Trend::actors() const {
  std::vector<ActorTrend> actors;
  if (samples_.empty()) return actors;
  std::map<std::string, ActorTrend> by_name;
  const std::size_t first = first_recent();
  double seconds = 0;
  // From the rows that changed, until there is a sample to compare with, or where the counts are estimates.
  const bool compare = samples_.size() > 1 && !last().actors_estimated && !samples_[first - 1].sample.actors_estimated;
  for (std::size_t i = first; i < samples_.size(); ++i) {
    seconds += samples_[i].seconds;
    for (const ActorSample& actor : samples_[i].sample.actors) {
      by_name[actor.actor].growth += compare ? 0 : static_cast<double>(actor.came - actor.finished);
    }
  }
  if (compare) {
    for (const ActorSample& actor : samples_[first - 1].sample.actors)
      by_name[actor.actor].growth -= static_cast<double>(actor.queued);
  }
  for (const ActorSample& actor : last().actors) {
    by_name[actor.actor].queued = actor.queued;
    if (compare) by_name[actor.actor].growth += static_cast<double>(actor.queued);
  }
  for (auto& [name, actor] : by_name) {
    actor.actor = name;
    actor.growth /= std::max(seconds, kLeastSeconds);
    if (actor.queued > 0 || actor.growth != 0) actors.push_back(std::move(actor));
  }
  std::ranges::stable_sort(actors, [](const ActorTrend& a, const ActorTrend& b) {
    return std::pair(a.growth, a.queued) > std::pair(b.growth, b.queued);
  });
  return actors;
}

std::vector<double> Trend::queued(std::size_t count) const {
  std::vector<double> values;
  for (std::size_t i = samples_.size() - std::min(count, samples_.size()); i < samples_.size(); ++i) {
    values.push_back(static_cast<double>(samples_[i].sample.queued()));
  }
  return values;
}

}  // namespace akqueue::queue

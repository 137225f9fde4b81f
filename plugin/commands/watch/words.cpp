#include "commands/watch/words.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace akqueue::commands {
namespace {

constexpr double kPerMinuteBelow = 0.1;
constexpr double kWholeFrom = 100;

std::string one_decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

}  // namespace

std::string format_rate(double per_second) {
  const double size = std::abs(per_second);
  const std::string sign = per_second < 0 ? "-" : "";
  if (size * 60 < 0.05) return "0/s";
  if (size < kPerMinuteBelow) return sign + one_decimal(size * 60) + "/m";
  if (size >= kWholeFrom) return sign + with_separators(std::llround(size)) + "/s";
  return sign + one_decimal(size) + "/s";
}

std::string format_growth(double per_second) {
  const std::string rate = format_rate(per_second);
  return per_second > 0 && rate != "0/s" ? "+" + rate : rate;
}

std::string movement(double per_second) {
  const std::string rate = format_rate(std::abs(per_second));
  if (rate == "0/s") return "standing still";
  return (per_second > 0 ? "growing by " : "falling by ") + rate;
}

std::string format_count(std::int64_t count, bool estimated) { return (estimated ? "~" : "") + with_separators(count); }

std::string time_of_day(Timestamp at) { return at == 0 ? "--:--:--" : format_timestamp(at).substr(11, 8) + "Z"; }

std::string until_empty(const queue::Trend& trend) {
  const auto seconds = trend.until_empty();
  // Beyond a century it is not a forecast.
  constexpr double kCentury = 3.2e9;
  if (!seconds || *seconds > kCentury) return {};
  return format_age(static_cast<std::int64_t>(std::ceil(*seconds)));
}

std::string workers_words(const cluster::WorkerRestarts* workers, const queue::Sample& sample) {
  std::vector<std::string> words;
  if (workers != nullptr) {
    words.push_back(count_of(workers->pods(), "pod", "pods"));
    if (workers->ready() < workers->pods()) words.back() += " (" + std::to_string(workers->ready()) + " ready)";
    if (workers->replaced() > 0) words.push_back(std::to_string(workers->replaced()) + " new");
  }
  if (sample.workers_alive) words.push_back(with_separators(*sample.workers_alive) + " with a heartbeat");
  if (workers != nullptr) words.push_back(count_of(workers->restarts(), "restart", "restarts") + " since the start");
  return words.empty() ? "unknown" : joined(words);
}

ui::Text last_end_words(const cluster::WorkerRestarts* workers, Timestamp now) {
  if (workers == nullptr || !workers->last_end()) return {};
  const cluster::WorkerRestarts::End& end = *workers->last_end();
  return ui::format_text("{} {} {} ago", end.pod, end.reason,
                         format_age(std::max<Timestamp>(0, now - end.at) / kSecond));
}

ui::Text fastest_actor(const queue::Trend& trend) {
  const auto actors = trend.actors();
  if (actors.empty() || actors.front().growth <= 0) return {};
  return ui::format_text("{} {}", short_name(actors.front().actor), format_growth(actors.front().growth));
}

}  // namespace akqueue::commands

#include "commands/watch/words.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ui/text.hpp"

namespace akqueue {
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

std::string until_empty(const Trend& trend) {
  const auto seconds = trend.until_empty();
  // Beyond a century it is no forecast.
  constexpr double kCentury = 3.2e9;
  if (!seconds || *seconds > kCentury) return {};
  return format_age(static_cast<std::int64_t>(std::ceil(*seconds)));
}

std::string workers_words(const WorkerRestarts* workers, const Sample& sample) {
  std::string words;
  const auto add = [&](const std::string& one) { words += (words.empty() ? "" : ", ") + one; };
  if (workers != nullptr) {
    add(count_of(workers->pods(), "pod", "pods"));
    if (workers->ready() < workers->pods()) words += " (" + std::to_string(workers->ready()) + " ready)";
    if (workers->replaced() > 0) add(std::to_string(workers->replaced()) + " new");
  }
  if (sample.workers_alive) add(with_separators(*sample.workers_alive) + " with a heartbeat");
  if (workers != nullptr) add(count_of(workers->restarts(), "restart", "restarts") + " since the start");
  return words.empty() ? "unknown" : words;
}

std::string last_end_words(const WorkerRestarts* workers, Timestamp now) {
  if (workers == nullptr || !workers->last_end()) return {};
  const WorkerRestarts::End& end = *workers->last_end();
  return visible(end.pod) + " " + visible(end.reason) + " " +
         format_age(std::max<Timestamp>(0, now - end.at) / kSecond) + " ago";
}

std::string fastest_actor(const Trend& trend) {
  const auto actors = trend.actors();
  if (actors.empty() || actors.front().growth <= 0) return {};
  return visible(short_name(actors.front().actor)) + " " + format_growth(actors.front().growth);
}

std::string short_name(const std::string& actor) { return actor.substr(actor.rfind('.') + 1); }

}  // namespace akqueue

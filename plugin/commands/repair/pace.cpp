#include "commands/repair/pace.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "akqueue/error.hpp"
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

std::int64_t Pace::allow(std::int64_t done, std::int64_t wanted) const {
  if (!per_second_) return wanted;
  while (true) {
    const std::chrono::duration<double> passed = environment_.clock.now() - began_;
    const double due = std::floor(*per_second_ * (passed.count() + kAtOnceSeconds)) - static_cast<double>(done);
    if (due >= 1) return std::min(wanted, static_cast<std::int64_t>(due));
    const auto pause = std::chrono::duration<double>(std::clamp((1 - due) / *per_second_, 0.05, 1.0));
    if (!system::pause_for(environment_.clock, environment_.interrupts,
                           std::chrono::duration_cast<std::chrono::milliseconds>(pause)))
      return 0;
  }
}

}  // namespace akqueue::commands

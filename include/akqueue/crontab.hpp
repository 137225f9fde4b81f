// The next time of a crontab line, as authentik's scheduler computes it: five fields (minute, hour, day of month,
// month, day of week) of numbers, `*`, ranges, lists and steps, in UTC.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "akqueue/time.hpp"

namespace akqueue {

class Crontab {
 public:
  /// Nothing for a text that is not a crontab.
  static std::optional<Crontab> parse(std::string_view text);

  /// The first time after `at` (whole minutes); nothing if there is none within ten years.
  std::optional<Timestamp> next(Timestamp at) const;

 private:
  using Set = std::bitset<64>;
  Set minutes_, hours_, days_, months_, weekdays_;
  bool any_day_ = true;
  bool any_weekday_ = true;
};

}  // namespace akqueue

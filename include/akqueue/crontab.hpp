// A crontab line as authentik's scheduler reads it (the Python library cron-converter): five fields (minute, hour, day
// of month, month, day of week), in UTC. A field is a list of `*`, numbers and ranges, each with `/STEP` behind it
// where wanted; months and days of the week have names as well (`JAN`, `mon`).
//
// Two rules are not those of cron: where both days are given both must match, and `5/10` is 5 alone.
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

#include "akqueue/time.hpp"

namespace akqueue {

class Crontab {
 public:
  /// Nothing for a text that is not a crontab.
  static std::optional<Crontab> parse(std::string_view text);

  /// The first time after `at` (whole minutes); nothing if there is none within 28 years, after which weekdays and leap
  /// days repeat.
  std::optional<Timestamp> next(Timestamp at) const;

  /// How many times a day, on the average.
  double per_day() const;

  /// `every 5 minutes`, `daily at 15:30`, `at 18:36 on Thu`.
  std::string in_words() const;

 private:
  using Set = std::bitset<64>;
  bool on_day(std::int64_t days_since_1970) const;
  std::string times_in_words(bool every_day) const;

  Set minutes_, hours_, days_, months_, weekdays_;
};

}  // namespace akqueue

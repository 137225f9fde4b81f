// What a watch waits or looks out for: `queued<1000`, `rate>5/s`, `done>=10`.
//
//   condition = measure operator number [unit]
//   measure   = queued, consumed, … (a state) | tasks | taken | held | orphaned | workers | restarts
//             | rate | completions | growth
//   operator  = < <= = != >= >          (== is taken for =)
//   unit      = /s /m /h                (rates only; without one: /s)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "queue/measure/trend.hpp"

namespace akqueue::queue {

/// What can be measured, as help lists it.
struct Measure {
  std::string_view name;
  bool rate;
};

/// All but the states.
const std::vector<Measure>& measures();

class Condition {
 public:
  /// Throws Error (usage) with the nearest measure, or what is wrong with the number or the unit.
  static Condition parse(std::string_view written);

  /// As it was written, without blanks.
  const std::string& text() const { return text_; }
  const std::string& measure() const { return measure_; }
  bool is_rate() const { return rate_; }
  /// Whether it is about the workers' pods rather than the queue.
  bool is_of_pods() const { return measure_ == "restarts"; }
  /// Whether a sample from a standby can't tell.
  bool needs_primary() const { return measure_ == "held" || measure_ == "orphaned"; }

  /// The value of its measure: tasks, workers or restarts, or tasks per second. Nothing if that is not known now.
  std::optional<double> value(const Trend& trend, std::optional<int> restarts) const;
  /// Whether `value` fulfils it; an unknown value never does.
  bool holds(std::optional<double> value) const;

 private:
  enum class Operator { less, at_most, equal, unequal, at_least, more };
  static Operator operator_of(const std::string& compare, const std::string& whole);

  std::string text_;
  std::string measure_;
  bool rate_ = false;
  Operator operator_ = Operator::equal;
  double number_ = 0;  ///< for rates: per second
};

}  // namespace akqueue::queue

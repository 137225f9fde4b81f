#include "queue/measure/condition.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "akqueue/command_line.hpp"
#include "akqueue/tasks.hpp"

namespace akqueue {
namespace {

constexpr std::string_view kGrammar = "write it like queued<1000, rate>5/s or done>=10";
constexpr std::string_view kOperatorSigns = "<=>!";

std::string without_blanks(std::string_view text) {
  std::string rest;
  for (const char c : text) {
    if (c != ' ' && c != '\t') rest += c;
  }
  return rest;
}

bool is_state(std::string_view name) { return std::ranges::find(task_state::kKnown, name) != task_state::kKnown.end(); }

const Measure* find_measure(std::string_view name) {
  const auto found = std::ranges::find(measures(), name, &Measure::name);
  return found == measures().end() ? nullptr : &*found;
}

Error unknown_measure(const std::string& name, const std::string& whole) {
  std::vector<std::string> names(task_state::kKnown.begin(), task_state::kKnown.end());
  for (const Measure& measure : measures()) names.emplace_back(measure.name);
  std::string list;
  for (const std::string& one : names) list += (list.empty() ? "" : ", ") + one;
  if (name.empty())
    return Error(ErrorCode::usage, "'" + whole + "' does not say what is to be compared", std::string(kGrammar));
  const auto near = nearest(name, names);
  return Error(ErrorCode::usage, "'" + name + "' in '" + whole + "' is nothing that is measured",
               near ? "did you mean " + *near + "?" : "there are " + list);
}

/// `/s`, `/m`, `/h` as seconds; nothing for anything else.
std::optional<double> seconds_of(std::string_view unit) {
  if (unit.empty() || unit == "/s") return 1;
  if (unit == "/m" || unit == "/min") return 60;
  if (unit == "/h") return 3600;
  return std::nullopt;
}

}  // namespace

const std::vector<Measure>& measures() {
  static const std::vector<Measure> all{
      {"tasks", false},       // in any state
      {"taken", false},       // by workers
      {"held", false},        // of these, those that live workers hold
      {"orphaned", false},    // of these, those that dead workers left behind
      {"workers", false},     // with a heartbeat in the last 90 seconds
      {"restarts", false},    // of worker containers since the start
      {"rate", true},         // tasks that come
      {"completions", true},  // tasks that become done or rejected
      {"growth", true},       // the one without the other: below zero the queue shrinks
  };
  return all;
}

Condition Condition::parse(std::string_view written) {
  const std::string text = without_blanks(written);
  const std::size_t sign = std::min(text.find_first_of(kOperatorSigns), text.size());
  const std::size_t number = std::min(text.find_first_not_of(kOperatorSigns, sign), text.size());
  Condition condition;
  condition.text_ = text;
  condition.measure_ = text.substr(0, sign);
  const std::string compare = text.substr(sign, number - sign);
  static constexpr std::array<std::pair<std::string_view, Operator>, 7> kOperators{{{"<", Operator::less},
                                                                                    {"<=", Operator::at_most},
                                                                                    {"=", Operator::equal},
                                                                                    {"==", Operator::equal},
                                                                                    {"!=", Operator::unequal},
                                                                                    {">=", Operator::at_least},
                                                                                    {">", Operator::more}}};
  const Measure* const measure = find_measure(condition.measure_);
  if (measure == nullptr && !is_state(condition.measure_)) throw unknown_measure(condition.measure_, text);
  const auto* const found = std::ranges::find(kOperators, compare, &std::pair<std::string_view, Operator>::first);
  if (found == kOperators.end()) {
    throw Error(ErrorCode::usage,
                compare.empty() ? "'" + text + "' compares with nothing"
                                : "'" + compare + "' in '" + text + "' is not a comparison",
                compare.empty() ? std::string(kGrammar) : "there are < <= = != >= and >");
  }
  condition.operator_ = found->second;
  condition.rate_ = measure != nullptr && measure->rate;

  const std::string rest = text.substr(number);
  const std::size_t length =
      std::min(rest.find_first_not_of("0123456789.", rest.starts_with("-") ? 1 : 0), rest.size());
  char* end = nullptr;
  const std::string digits = rest.substr(0, length);
  condition.number_ = std::strtod(digits.c_str(), &end);
  const bool whole = digits.find('.') == std::string::npos && !digits.starts_with("-");
  if (digits.empty() || *end != '\0' || (!condition.rate_ && !whole)) {
    throw Error(ErrorCode::usage,
                "'" + rest + "' in '" + text + "' is not a " + (condition.rate_ ? "rate" : "whole number"),
                std::string(kGrammar));
  }
  const std::string unit = rest.substr(length);
  const auto seconds = seconds_of(unit);
  if (!seconds)
    throw Error(ErrorCode::usage, "'" + unit + "' in '" + text + "' is not a unit",
                condition.rate_ ? "there are /s, /m and /h" : std::string(kGrammar));
  if (!condition.rate_ && !unit.empty()) {
    throw Error(ErrorCode::usage, condition.measure_ + " in '" + text + "' is a number, no rate",
                "rate, completions and growth are tasks a second");
  }
  condition.number_ /= *seconds;
  return condition;
}

std::optional<double> Condition::value(const Trend& trend, std::optional<int> restarts) const {
  if (trend.empty()) return std::nullopt;
  const Sample& sample = trend.last();
  const auto whole = [](const auto& number) -> std::optional<double> {
    return number ? std::optional<double>(static_cast<double>(*number)) : std::nullopt;
  };
  if (measure_ == "tasks") return static_cast<double>(sample.total());
  if (measure_ == "taken") return static_cast<double>(sample.taken);
  if (measure_ == "held") return whole(sample.held);
  if (measure_ == "orphaned")
    return sample.held ? std::optional<double>(static_cast<double>(sample.taken - *sample.held)) : std::nullopt;
  if (measure_ == "workers") return whole(sample.workers_alive);
  if (measure_ == "restarts") return whole(restarts);
  if (measure_ == "rate") return trend.recent().came;
  if (measure_ == "completions") return trend.recent().finished;
  if (measure_ == "growth") return trend.recent().growth();
  return static_cast<double>(sample.in(measure_));
}

bool Condition::holds(std::optional<double> value) const {
  if (!value) return false;
  switch (operator_) {
    case Operator::less: return *value < number_;
    case Operator::at_most: return *value <= number_;
    case Operator::equal: return *value == number_;
    case Operator::unequal: return *value != number_;
    case Operator::at_least: return *value >= number_;
    case Operator::more: return *value > number_;
  }
  return false;
}

}  // namespace akqueue

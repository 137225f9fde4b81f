#include "queue/measure/condition.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "akqueue/command_line.hpp"
#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"

namespace akqueue::queue {
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
  if (name.empty())
    return Error(ErrorCode::usage, "'" + whole + "' does not say what to compare", std::string(kGrammar));
  const auto near = nearest(name, names);
  return Error(ErrorCode::usage, "'" + name + "' in '" + whole + "' is not something that is measured",
               near ? "did you mean " + *near + "?" : "there are " + joined(names));
}

/// `/s`, `/m`, `/h` as seconds; nothing for anything else.
std::optional<double> seconds_of(std::string_view unit) {
  if (unit.empty() || unit == "/s") return 1;
  if (unit == "/m" || unit == "/min") return 60;
  if (unit == "/h") return 3600;
  return std::nullopt;
}

/// How much of `text` is written like a number, with a point or a minus sign or not.
std::size_t length_of_number(const std::string& text) {
  return std::min(text.find_first_not_of("0123456789.", text.starts_with("-") ? 1 : 0), text.size());
}

/// A whole number without a unit, of `measure`. Throws Error (usage).
double count_in(const std::string& typed, const std::string& measure, const std::string& whole) {
  const std::string digits = typed.substr(0, length_of_number(typed));
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos)
    throw Error(ErrorCode::usage, "'" + typed + "' in '" + whole + "' is not a whole number", std::string(kGrammar));
  const std::string unit = typed.substr(digits.size());
  if (!seconds_of(unit))
    throw Error(ErrorCode::usage, "'" + unit + "' in '" + whole + "' is not a unit", std::string(kGrammar));
  if (!unit.empty()) {
    throw Error(ErrorCode::usage, measure + " in '" + whole + "' is a number, not a rate",
                "only rate, completions and growth have a unit");
  }
  return std::strtod(digits.c_str(), nullptr);
}

/// A number of tasks a second, from `5`, `-0.5/s`, `300/m`. Throws Error (usage).
double rate_of(const std::string& typed, const std::string& whole) {
  const std::string digits = typed.substr(0, length_of_number(typed));
  char* end = nullptr;
  const double number = std::strtod(digits.c_str(), &end);
  if (digits.empty() || *end != '\0')
    throw Error(ErrorCode::usage, "'" + typed + "' in '" + whole + "' is not a rate", std::string(kGrammar));
  const std::string unit = typed.substr(digits.size());
  const auto seconds = seconds_of(unit);
  if (!seconds)
    throw Error(ErrorCode::usage, "'" + unit + "' in '" + whole + "' is not a unit", "there are /s, /m and /h");
  return number / *seconds;
}

}  // namespace

const std::vector<Measure>& measures() {
  static const std::vector<Measure> all{
      {"tasks", false},       // in any state
      {"taken", false},       // by workers
      {"held", false},        // of these, those that live workers hold
      {"stranded", false},    // of these, those whose lock outlived every worker
      {"orphaned", false},    // of these, those that dead workers left behind (queue/filter/in_hand.hpp)
      {"workers", false},     // that live (queue/measure/heartbeats.hpp)
      {"restarts", false},    // of worker containers since the start
      {"rate", true},         // tasks that come
      {"completions", true},  // tasks that become done or rejected
      {"growth", true},       // the difference of the two: below zero the queue shrinks
  };
  return all;
}

/// Throws Error (usage) for what does not compare.
Condition::Operator Condition::operator_of(const std::string& compare, const std::string& whole) {
  static constexpr std::array<std::pair<std::string_view, Operator>, 7> kOperators{{{"<", Operator::less},
                                                                                    {"<=", Operator::at_most},
                                                                                    {"=", Operator::equal},
                                                                                    {"==", Operator::equal},
                                                                                    {"!=", Operator::unequal},
                                                                                    {">=", Operator::at_least},
                                                                                    {">", Operator::more}}};
  if (compare.empty()) throw Error(ErrorCode::usage, "'" + whole + "' is not a whole condition", std::string(kGrammar));
  const auto* const found = std::ranges::find(kOperators, compare, &std::pair<std::string_view, Operator>::first);
  if (found == kOperators.end())
    throw Error(ErrorCode::usage, "'" + compare + "' in '" + whole + "' is not a comparison",
                "there are < <= = != >= and >");
  return found->second;
}

Condition Condition::parse(std::string_view written) {
  const std::string text = without_blanks(written);
  const std::size_t sign = std::min(text.find_first_of(kOperatorSigns), text.size());
  const std::size_t number = std::min(text.find_first_not_of(kOperatorSigns, sign), text.size());
  Condition condition;
  condition.text_ = text;
  condition.measure_ = text.substr(0, sign);
  const Measure* const measure = find_measure(condition.measure_);
  if (measure == nullptr && !is_state(condition.measure_)) throw unknown_measure(condition.measure_, text);
  condition.operator_ = operator_of(text.substr(sign, number - sign), text);
  condition.rate_ = measure != nullptr && measure->rate;
  const std::string typed = text.substr(number);
  condition.number_ = condition.rate_ ? rate_of(typed, text) : count_in(typed, condition.measure_, text);
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
  if (measure_ == "stranded") return whole(sample.stranded);
  if (measure_ == "orphaned") return whole(sample.orphaned);
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

}  // namespace akqueue::queue

// What watch and wait share: conditions as they are judged look by look, and the loop around a Poller.
#pragma once

#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "commands/watch/poller.hpp"
#include "queue/measure/condition.hpp"

namespace akqueue::commands {

struct ConditionState {
  queue::Condition condition;
  std::optional<double> value = {};  ///< at the last look that could be read
  bool holds = false;
  int began = 0;  ///< how often it came to hold
  bool just_began = false;
  bool just_ended = false;
};

/// The conditions of a command line.
class Conditions {
 public:
  /// Throws the Errors of Condition::parse.
  Conditions(const std::vector<std::string>& untils, const std::vector<std::string>& alerts);

  /// By what was read last. Alerts that come to hold are counted.
  void judge(const queue::Trend& trend, std::optional<int> restarts);

  const std::vector<ConditionState>& untils() const { return untils_; }
  const std::vector<ConditionState>& alerts() const { return alerts_; }
  /// There are untils, and all of them hold.
  bool met() const;
  /// Some alert has held at some time.
  bool alarmed() const;
  /// Throws Error (unsupported) when a standby can't tell what one is about.
  void check(const Site& site) const;
  /// Throws Error (usage) when the time is over before what one is about can have changed.
  void check(std::optional<std::chrono::seconds> timeout, std::chrono::seconds interval) const;

 private:
  std::vector<ConditionState> untils_;
  std::vector<ConditionState> alerts_;
};

/// Who shows what is seen. `attend` is called several times a second while something else is waited for.
class WatchView {
 public:
  virtual ~WatchView() = default;
  virtual void show(const Poller& poller, const Reading& reading, const Conditions& conditions) = 0;
  virtual void attend() {}
  /// Lets at most `length` pass.
  virtual void idle(std::chrono::milliseconds length) = 0;
  /// The person has seen enough.
  virtual bool quit() const { return false; }
  /// Whether it ends once all untils hold; otherwise somebody else ends it, by quit().
  virtual bool ends_when_met() const { return true; }
};

enum class WatchEnding { met, timeout, quit };

/// Looks, judges and shows at every interval, until all untils hold, `timeout` has passed since the first look, or the
/// person quits. Throws Error (interrupted) on Ctrl-C.
WatchEnding watch(const cli::Environment& environment, Poller& poller, WatchView& view, Conditions& conditions,
                  std::optional<std::chrono::seconds> timeout);

/// --interval and --timeout. Throws Error (usage) for what is not a duration; none is under a second.
std::chrono::seconds interval_of(const Options& options, std::chrono::seconds usual);
std::optional<std::chrono::seconds> timeout_of(const Options& options);

/// `12,345`, `12.4/s`: the value of a condition; `unknown`.
std::string value_words(const ConditionState& state);

/// What is left to say when the last look before the end failed: nobody knows how it is now.
Error out_of_sight(const std::string& trouble);

/// As documents have it: `condition`, `holds`, `value` (null: not known).
Json json_of(const ConditionState& state);

/// `queued<10: it is 12,345, falling by 20/s; …`: the untils that do not hold, and why.
std::string shortfalls(const Conditions& conditions, const queue::Trend& trend);

}  // namespace akqueue::commands

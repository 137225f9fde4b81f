// What a process says while it is waited for reaches the person at once: where to sign in, a question for a code. So
// does, after some seconds, that nothing comes.
#pragma once

#include <chrono>
#include <string>

#include "system/clock.hpp"
#include "system/onlooker.hpp"
#include "ui/terminal.hpp"

namespace akqueue::ui {

/// Nothing is shown while the terminal is drawn on. What a process says shortly before it ends is not shown either: the
/// error that follows has it.
class Relay final : public system::Onlooker {
 public:
  Relay(Terminal& terminal, const system::Clock& clock) : terminal_(terminal), clock_(clock) {}

  void started(const std::vector<std::string>& argv) override;
  void said(std::string_view bytes) override;
  void answered() override;
  void waiting() override;
  bool may_be_asked() const override { return terminal_.in_is_terminal() && !terminal_.is_drawn_on(); }

 private:
  using Moment = std::chrono::steady_clock::time_point;
  void show_what_was_said();
  void show_silence(std::chrono::seconds silence);

  Terminal& terminal_;
  const system::Clock& clock_;
  std::string name_;     ///< `kubectl get pods,deployments`
  std::string pending_;  ///< said, and not shown
  Moment said_at_{};     ///< when that began
  Moment heard_at_{};    ///< the last sign of life, or when the waiting began
  Moment waited_at_{};   ///< when waiting() was last called
  std::chrono::seconds next_told_{};
  bool answered_ = false;
  bool shown_ = false;      ///< something that it said, since it last answered
  bool line_open_ = false;  ///< what was shown ends within a line
};

}  // namespace akqueue::ui

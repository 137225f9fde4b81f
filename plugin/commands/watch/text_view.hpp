// `watch` where nobody looks at a screen: a line an interval, under one header.
#pragma once

#include "commands/watch/watch_loop.hpp"

namespace akqueue::commands {

/// Lines to standard output, alerts and notices to standard error.
class WatchText final : public WatchView {
 public:
  explicit WatchText(cli::Environment& environment) : environment_(environment) {}

  void show(const Poller& poller, const Reading& reading, const Conditions& conditions) override;
  void idle(std::chrono::milliseconds length) override { environment_.clock.sleep(length); }

 private:
  void print_line(const Poller& poller);
  void print_trouble(const Poller& poller, const Reading& reading);

  cli::Environment& environment_;
  bool header_printed_ = false;
  std::string trouble_;  ///< said and not over
  Moment unread_printed_{};
};

/// Says on standard error which alerts came to hold, with the bell on a terminal, or are over.
/// `whose` stands before each where several sites are watched.
void say_alerts(ui::Terminal& terminal, const Conditions& conditions, const std::string& whose = {});

/// `watched 5m20s: queued 700,000 -> 12,345; 1,200 came, 688,855 finished, 0 removed`.
ui::Text summary_of(const Poller& poller, const Conditions& conditions);

}  // namespace akqueue::commands

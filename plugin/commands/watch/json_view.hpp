// `watch -o json`: one document a line for every look.
#pragma once

#include "akqueue/json.hpp"
#include "commands/watch/watch_loop.hpp"

namespace akqueue::commands {

/// What a look saw. Of a look that failed: `read` is false, `trouble` says why, the figures are null.
Json document_of_watch(const Poller& poller, const Reading& reading, const Conditions& conditions);

class WatchJson final : public WatchView {
 public:
  WatchJson(cli::Environment& environment, OutputFormat output)
      : environment_(environment), output_(std::move(output)) {}

  void show(const Poller& poller, const Reading& reading, const Conditions& conditions) override;
  void idle(std::chrono::milliseconds length) override { environment_.clock.sleep(length); }

 private:
  cli::Environment& environment_;
  OutputFormat output_;
};

}  // namespace akqueue::commands

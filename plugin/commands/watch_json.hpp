// `watch -o json`: one document a line for every look.
#pragma once

#include "akqueue/json.hpp"
#include "commands/watching.hpp"

namespace akqueue {

/// What a look saw. Of a look that failed: `read` is false, `trouble` says why, the figures are null.
Json document_of_watch(const Feed& feed, const Reading& reading, const Conditions& conditions);

class WatchJson final : public WatchView {
 public:
  explicit WatchJson(World& world) : world_(world) {}

  void show(const Feed& feed, const Reading& reading, const Conditions& conditions) override;
  void idle(std::chrono::milliseconds length) override { world_.clock.sleep(length); }

 private:
  World& world_;
};

}  // namespace akqueue

// One frame of the full screen: what is seen, laid out for a size. No terminal, no clock: the same picture gives the
// same lines.
#pragma once

#include "commands/watch/watch_loop.hpp"
#include "ui/screen.hpp"

namespace akqueue::commands {

/// What there is to show, copied when a look ends, so that a paused screen stays as it is.
struct WatchPicture {
  ui::Text title;     ///< `authentik 2025.12.4, namespace authentik`
  ui::Text database;  ///< `database authentik, PostgreSQL 15.6`
  ui::Text chosen;    ///< `queue default`; empty: everything
  std::chrono::seconds interval{10};
  queue::Trend trend;
  std::optional<cluster::WorkerRestarts> workers;
  std::vector<ConditionState> untils;
  std::vector<ConditionState> alerts;
  std::string trouble;  ///< why the last look failed; empty: it did not
  Timestamp at = 0;     ///< of the last look
};

/// What the person has chosen by keys.
struct WatchControls {
  enum class Order { growth, queued, name };
  Order order = Order::growth;
  bool paused = false;
  bool help = false;
  std::size_t scrolled = 0;  ///< actors above the first that is shown
};

ui::Frame frame_of(const WatchPicture& picture, const WatchControls& controls, ui::TerminalSize size);

/// The picture of a look.
WatchPicture picture_of(const Poller& poller, const Reading& reading, const Conditions& conditions);

}  // namespace akqueue::commands

// `watch` on a screen of its own, with keys.
#pragma once

#include <atomic>

#include "commands/watch/frame.hpp"
#include "ui/keys.hpp"

namespace akqueue::commands {

/// Passes everything on; while held, what is said on standard error is kept instead: a screen would be spoilt by it.
class NoticeTerminal final : public ui::Terminal {
 public:
  explicit NoticeTerminal(ui::Terminal& real) : real_(real) {}

  class Held {
   public:
    explicit Held(NoticeTerminal& terminal) : terminal_(terminal) { terminal_.held_ = true; }
    ~Held() { terminal_.held_ = false; }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

   private:
    NoticeTerminal& terminal_;
  };

  void out(const ui::Text& text) override { real_.out(text); }
  void err(const ui::Text& text) override {
    if (!held_) real_.err(text);
  }
  bool out_is_terminal() const override { return real_.out_is_terminal(); }
  bool err_is_terminal() const override { return real_.err_is_terminal(); }
  /// Nobody can be asked while the keys are the screen's.
  bool in_is_terminal() const override { return !held_ && real_.in_is_terminal(); }
  std::size_t width() const override { return real_.width(); }
  bool colours() const override { return real_.colours(); }
  std::optional<std::string> read_line() override { return real_.read_line(); }

 private:
  ui::Terminal& real_;
  std::atomic<bool> held_ = false;  ///< asked from the threads of several sites
};

/// What a key does. `quit` is told by the return value.
bool handle_key(const ui::Key& key, WatchControls& controls, std::size_t actors);

class WatchScreen final : public WatchView {
 public:
  WatchScreen(std::unique_ptr<ui::FullScreen> full, const cli::Environment& environment, const Poller& poller,
              const Conditions& conditions);

  void show(const Poller& poller, const Reading& reading, const Conditions& conditions) override;
  void attend() override { idle(std::chrono::milliseconds(0)); }
  void idle(std::chrono::milliseconds length) override;
  bool quit() const override { return quit_; }

 private:
  void draw();

  std::unique_ptr<ui::FullScreen> full_;
  ui::Screen screen_;
  WatchPicture newest_;
  WatchPicture shown_;  ///< an older one while paused
  WatchControls controls_;
  std::string bytes_;
  bool quit_ = false;
};

}  // namespace akqueue::commands

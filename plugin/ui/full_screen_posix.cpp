// SystemTerminal::take_over(): the alternate screen and the terminal's settings, given back whatever happens.
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "ui/terminal.hpp"

namespace akqueue::ui {
namespace {

// The alternate screen, no cursor; and back.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";

// What signal handlers touch. One screen at a time.
std::atomic<bool> stop_wanted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void want_stop(int) { stop_wanted.store(true, std::memory_order_relaxed); }
/// Nothing to do: it ends the wait for a key, and whoever draws asks for the size.
extern "C" void wake_up(int) {}

void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw OutputClosed();
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// A handler for as long as it lives.
class Handler {
 public:
  Handler(int signal, void (*handle)(int)) : signal_(signal) {
    struct sigaction action = {};
    action.sa_handler = handle;
    sigemptyset(&action.sa_mask);
    sigaction(signal_, &action, &before_);
  }
  ~Handler() { sigaction(signal_, &before_, nullptr); }
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;

 private:
  int signal_;
  struct sigaction before_ = {};
};

class SystemFullScreen final : public FullScreen {
 public:
  explicit SystemFullScreen(const struct termios& before)
      : before_(before), stop_(SIGTSTP, want_stop), resize_(SIGWINCH, wake_up) {
    enter();
  }
  ~SystemFullScreen() override { leave(); }
  SystemFullScreen(const SystemFullScreen&) = delete;
  SystemFullScreen& operator=(const SystemFullScreen&) = delete;

  void write(const Text& text) override { write_all(text.view()); }

  std::string typed(std::chrono::milliseconds patience) override {
    if (stop_wanted.exchange(false)) stop();
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    if (ended_ || ::poll(&input, 1, static_cast<int>(patience.count())) <= 0) {
      // Without an input there is nothing to wait on.
      if (ended_ && patience.count() > 0) ::poll(nullptr, 0, static_cast<int>(patience.count()));
      return {};
    }
    char bytes[256];
    const ssize_t count = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) ended_ = true;
    return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : std::string();
  }

  TerminalSize size() const override {
    struct winsize size = {};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
    return {size.ws_col, size.ws_row};
  }

  bool disturbed() override { return std::exchange(disturbed_, false); }

 private:
  /// Ctrl-C and Ctrl-Z stay signals.
  void enter() {
    struct termios raw = before_;
    raw.c_lflag &= static_cast<tcflag_t>(~(ICANON | ECHO));
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    write_all(kEnter);
    disturbed_ = true;
  }

  void leave() noexcept {
    try {
      write_all(kLeave);
    } catch (const OutputClosed&) {
      // The terminal has gone.
    }
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }

  /// What Ctrl-Z means, with the shell's own screen in front of the person. Goes on here after `fg`.
  void stop() {
    leave();
    ::raise(SIGSTOP);
    ::tcgetattr(STDIN_FILENO, &before_);
    enter();
  }

  struct termios before_;
  Handler stop_;
  Handler resize_;
  bool disturbed_ = true;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<FullScreen> SystemTerminal::take_over() {
  const char* const kind = std::getenv("TERM");
  struct termios settings = {};
  if (!out_is_terminal() || !in_is_terminal() || kind == nullptr || std::string_view(kind) == "dumb" || *kind == '\0')
    return nullptr;
  // A program in the background would be stopped by the first setting that it changes.
  if (::tcgetpgrp(STDIN_FILENO) != ::getpgrp() || ::tcgetattr(STDIN_FILENO, &settings) != 0) return nullptr;
  return std::make_unique<SystemFullScreen>(settings);
}

}  // namespace akqueue::ui

// SystemTerminal::take_over(): the alternate screen and the console's settings, given back whatever happens.
#include <array>

#include "system/surroundings.hpp"
#include "system/windows.hpp"
#include "ui/terminal.hpp"

namespace akqueue::ui {
namespace {

// The alternate screen, no cursor; and back.
constexpr char kEnter[] = "\x1b[?1049h\x1b[?25l";
constexpr char kLeave[] = "\x1b[?25h\x1b[?1049l";

/// What a terminal sends for a key, or nothing.
std::string sent_by(const KEY_EVENT_RECORD& key) {
  if (key.bKeyDown == 0) return {};
  switch (key.wVirtualKeyCode) {
    case VK_UP: return "\x1b[A";
    case VK_DOWN: return "\x1b[B";
    case VK_RIGHT: return "\x1b[C";
    case VK_LEFT: return "\x1b[D";
    default: break;
  }
  const wchar_t character = key.uChar.UnicodeChar;
  return character == 0 ? std::string() : system::utf8({&character, 1});
}

class SystemFullScreen final : public FullScreen {
 public:
  SystemFullScreen(SystemTerminal& terminal, HANDLE input, HANDLE output, DWORD before)
      : terminal_(terminal), input_(input), output_(output), before_(before) {
    // Ctrl-C stays what it is; keys come as they are typed and are not shown; a change of the window's size wakes us
    // up.
    const DWORD dropped = ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_VIRTUAL_TERMINAL_INPUT;
    ::SetConsoleMode(input_, (before_ & ~dropped) | ENABLE_PROCESSED_INPUT | ENABLE_WINDOW_INPUT);
    terminal_.out(kEnter);
  }

  ~SystemFullScreen() override {
    try {
      terminal_.out(kLeave);
    } catch (...) {
      // The console has gone.
    }
    ::SetConsoleMode(input_, before_);
  }

  void write(const Text& text) override { terminal_.out(text); }

  std::string typed(std::chrono::milliseconds patience) override {
    if (::WaitForSingleObject(input_, static_cast<DWORD>(patience.count())) != WAIT_OBJECT_0) return {};
    std::array<INPUT_RECORD, 64> records{};
    DWORD count = 0;
    std::string keys;
    if (::ReadConsoleInputW(input_, records.data(), static_cast<DWORD>(records.size()), &count) == 0) {
      // Without an input there is nothing to wait on.
      ::Sleep(static_cast<DWORD>(patience.count()));
      return {};
    }
    for (DWORD i = 0; i < count; ++i) {
      if (records.at(i).EventType == KEY_EVENT) keys += sent_by(records.at(i).Event.KeyEvent);
    }
    return keys;
  }

  TerminalSize size() const override {
    CONSOLE_SCREEN_BUFFER_INFO console{};
    if (::GetConsoleScreenBufferInfo(output_, &console) == 0) return {};
    const SMALL_RECT& window = console.srWindow;
    return {static_cast<std::size_t>(window.Right - window.Left + 1),
            static_cast<std::size_t>(window.Bottom - window.Top + 1)};
  }

  bool disturbed() override { return std::exchange(disturbed_, false); }

 private:
  SystemTerminal& terminal_;
  HANDLE input_;
  HANDLE output_;
  DWORD before_;
  bool disturbed_ = true;
};

}  // namespace

std::unique_ptr<FullScreen> SystemTerminal::take_over() {
  const HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
  DWORD settings = 0;
  if (!out_is_terminal() || system::environment_variable("TERM") == "dumb" || ::GetConsoleMode(input, &settings) == 0)
    return nullptr;
  return std::make_unique<SystemFullScreen>(*this, input, ::GetStdHandle(STD_OUTPUT_HANDLE), settings);
}

}  // namespace akqueue::ui

#include <algorithm>
#include <array>

#include "akqueue/error.hpp"
#include "system/windows.hpp"
#include "ui/terminal.hpp"

namespace akqueue::ui {
namespace {

/// Older consoles refuse larger pieces.
constexpr std::size_t kConsolePiece = 8000;
/// Ctrl-C is counted by another thread than the one whose reading it ends.
constexpr DWORD kCountedAfter = 300;

HANDLE output() { return ::GetStdHandle(STD_OUTPUT_HANDLE); }
HANDLE errors() { return ::GetStdHandle(STD_ERROR_HANDLE); }
HANDLE input() { return ::GetStdHandle(STD_INPUT_HANDLE); }

bool is_console(HANDLE stream) {
  DWORD mode = 0;
  return ::GetConsoleMode(stream, &mode) != 0;
}

bool takes_sequences(HANDLE stream) {
  DWORD mode = 0;
  return ::GetConsoleMode(stream, &mode) != 0 && (mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

/// At most so many bytes, and no character cut in two.
std::string_view piece_of(std::string_view text) {
  std::size_t size = std::min(text.size(), kConsolePiece);
  while (size < text.size() && size > 1 && (static_cast<unsigned char>(text[size]) & 0xc0u) == 0x80u) --size;
  return text.substr(0, size);
}

/// As UTF-16, which needs no code page to be set, and none to be set back.
void write_console(HANDLE console, std::string_view text) {
  while (!text.empty()) {
    const std::string_view piece = piece_of(text);
    const std::wstring characters = system::wide(piece);
    DWORD written = 0;
    if (::WriteConsoleW(console, characters.data(), static_cast<DWORD>(characters.size()), &written, nullptr) == 0) {
      throw Error(ErrorCode::system, "can't write the output: " + system::reason_of(::GetLastError()));
    }
    text.remove_prefix(piece.size());
  }
}

/// False when the other end has gone. Bytes as they are: a line ends with one byte in files and pipes, as kubectl's do.
bool write_all(HANDLE stream, std::string_view text) {
  if (is_console(stream)) {
    write_console(stream, text);
    return true;
  }
  while (!text.empty()) {
    DWORD written = 0;
    if (::WriteFile(stream, text.data(), static_cast<DWORD>(std::min<std::size_t>(text.size(), 1u << 30)), &written,
                    nullptr) == 0) {
      const DWORD error = ::GetLastError();
      if (error == ERROR_NO_DATA || error == ERROR_BROKEN_PIPE || error == ERROR_PIPE_NOT_CONNECTED) return false;
      throw Error(ErrorCode::system, "can't write the output: " + system::reason_of(error));
    }
    text.remove_prefix(written);
  }
  return true;
}

std::optional<std::string> read_line_of(HANDLE file) {
  std::string line;
  for (char c = 0;;) {
    DWORD count = 0;
    if (::ReadFile(file, &c, 1, &count, nullptr) == 0 || count == 0) return std::nullopt;
    if (c == '\n') return line;
    line += c;
  }
}

/// Nothing at Ctrl-C or Ctrl-Z, which is the end of input here.
std::optional<std::string> read_line_of_console(HANDLE console) {
  std::wstring line;
  for (;;) {
    std::array<wchar_t, 512> piece{};
    DWORD count = 0;
    if (::ReadConsoleW(console, piece.data(), static_cast<DWORD>(piece.size()), &count, nullptr) == 0 || count == 0)
      return std::nullopt;
    line.append(piece.data(), count);
    if (line.front() == L'\x1a') return std::nullopt;
    if (line.back() == L'\n')
      return system::utf8(std::wstring_view(line).substr(0, line.find_last_not_of(L"\r\n") + 1));
  }
}

}  // namespace

struct SystemTerminal::Modes {
  /// A console does what terminals' sequences say while this lives.
  class Sequences {
   public:
    explicit Sequences(HANDLE console) : console_(console) {
      if (::GetConsoleMode(console_, &before_) != 0)
        changed_ =
            ::SetConsoleMode(console_, before_ | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
    }
    ~Sequences() {
      if (changed_) ::SetConsoleMode(console_, before_);
    }
    Sequences(const Sequences&) = delete;
    Sequences& operator=(const Sequences&) = delete;

   private:
    HANDLE console_;
    DWORD before_ = 0;
    bool changed_ = false;
  };

  Sequences out{output()};
  Sequences err{errors()};
};

SystemTerminal::SystemTerminal(const system::Interrupts& interrupts)
    : interrupts_(interrupts), modes_(std::make_unique<Modes>()) {}
SystemTerminal::~SystemTerminal() = default;

void SystemTerminal::out(const Text& text) {
  if (!write_all(output(), text.view())) throw OutputClosed();
}

void SystemTerminal::err(const Text& text) {
  // Nobody listens: no reason to stop half-way through a deletion.
  try {
    write_all(errors(), text.view());
  } catch (const Error&) {}
}

bool SystemTerminal::out_is_terminal() const { return takes_sequences(output()); }
bool SystemTerminal::err_is_terminal() const { return takes_sequences(errors()); }
bool SystemTerminal::in_is_terminal() const { return is_console(input()); }

std::size_t SystemTerminal::width() const {
  CONSOLE_SCREEN_BUFFER_INFO console{};
  if (::GetConsoleScreenBufferInfo(output(), &console) == 0) return 80;
  const int columns = console.srWindow.Right - console.srWindow.Left + 1;
  return columns > 20 ? static_cast<std::size_t>(columns) : 80;
}

std::optional<std::string> SystemTerminal::read_line() {
  if (!in_is_terminal()) return read_line_of(input());
  auto line = read_line_of_console(input());
  for (DWORD waited = 0; !line && !interrupts_.requested() && waited < kCountedAfter; waited += 10) ::Sleep(10);
  return line;
}

}  // namespace akqueue::ui

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "akqueue/error.hpp"
#include "ui/terminal.hpp"

namespace akqueue::ui {
namespace {

/// False when the other end has gone.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EPIPE) return false;
    if (count < 0)
      throw Error(ErrorCode::system, "can't write the output: " + std::string(std::generic_category().message(errno)));
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

/// Terminals take everything as they are.
struct SystemTerminal::Modes {};

SystemTerminal::SystemTerminal(const system::Interrupts& interrupts) : interrupts_(interrupts) {}
SystemTerminal::~SystemTerminal() = default;

void SystemTerminal::out(const Text& text) {
  if (!write_all(STDOUT_FILENO, text.view())) throw OutputClosed();
}

void SystemTerminal::err(const Text& text) {
  // Nobody listens: no reason to stop half-way through a deletion.
  try {
    write_all(STDERR_FILENO, text.view());
  } catch (const Error&) {}
}

bool SystemTerminal::out_is_terminal() const { return ::isatty(STDOUT_FILENO) != 0; }
bool SystemTerminal::err_is_terminal() const { return ::isatty(STDERR_FILENO) != 0; }
bool SystemTerminal::in_is_terminal() const { return ::isatty(STDIN_FILENO) != 0; }

std::size_t SystemTerminal::width() const {
  struct winsize size = {};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

std::optional<std::string> SystemTerminal::read_line() {
  std::string line;
  for (;;) {
    char c = 0;
    const ssize_t count = ::read(STDIN_FILENO, &c, 1);
    if (count == 1 && c == '\n') return line;
    if (count == 1) {
      line += c;
      continue;
    }
    if (count < 0 && errno == EINTR && !interrupts_.requested()) continue;
    return std::nullopt;
  }
}

}  // namespace akqueue::ui

#include "system/interrupts.hpp"

#include <atomic>
#include <csignal>

namespace akqueue::system {
namespace {

// The one thing a signal handler may touch.
std::atomic<int> signals_seen{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void count_signal(int) { signals_seen.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

SignalInterrupts::SignalInterrupts() {
  struct sigaction action = {};
  action.sa_handler = count_signal;
  sigemptyset(&action.sa_mask);
  // Without SA_RESTART a read from the terminal ends with EINTR, so that Ctrl-C ends a question.
  action.sa_flags = 0;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before = {};
    sigaction(signal, nullptr, &before);
    // nohup and a shell's background jobs ignore signals on purpose.
    if (before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
  }
  // A pipe whose reader is gone and a file that may not grow are errors of write(), not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int SignalInterrupts::count() const { return signals_seen.load(std::memory_order_relaxed); }

}  // namespace akqueue::system

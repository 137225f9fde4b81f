#include <atomic>

#include "system/interrupts.hpp"
#include "system/windows.hpp"

namespace akqueue::system {
namespace {

// The one thing that the handler, which runs in a thread of the system, may touch.
std::atomic<int> events_seen{0};

BOOL WINAPI count_event(DWORD event) {
  events_seen.fetch_add(1, std::memory_order_relaxed);
  // Closing the window and logging off are like SIGHUP elsewhere. The system ends the program as soon
  // as this returns, and after five seconds anyway: the current batch may end in that time.
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) ::Sleep(INFINITE);
  return TRUE;
}

}  // namespace

SignalInterrupts::SignalInterrupts() { ::SetConsoleCtrlHandler(count_event, TRUE); }

int SignalInterrupts::count() const { return events_seen.load(std::memory_order_relaxed); }

}  // namespace akqueue::system

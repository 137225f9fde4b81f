#include <atomic>

#include "system/interrupts.hpp"
#include "system/windows.hpp"

namespace akqueue {
namespace {

// The one thing that the handler, a thread of the system's, may touch.
std::atomic<int> events_seen{0};

BOOL WINAPI count_event(DWORD event) {
  events_seen.fetch_add(1, std::memory_order_relaxed);
  // A window that is closed and a person who logs off are what SIGHUP is elsewhere. The system ends the program as soon
  // as this returns, and after five seconds anyway: the batch that runs may end in them.
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) ::Sleep(INFINITE);
  return TRUE;
}

}  // namespace

SignalInterrupts::SignalInterrupts() { ::SetConsoleCtrlHandler(count_event, TRUE); }

int SignalInterrupts::count() const { return events_seen.load(std::memory_order_relaxed); }

}  // namespace akqueue

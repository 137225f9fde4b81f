// A child process on three pipes. How they are made and waited for is process_posix.cpp and process_windows.cpp.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/error.hpp"
#include "system/interrupts.hpp"

namespace akqueue {

/// How a process ended: its exit status, or 128 + the number of the signal that killed it, as a shell says it. (On
/// Windows what kills a process also chooses its exit status.)
struct ExitStatus {
  int code = 0;
  bool ok() const { return code == 0; }
};

/// One running child. Its standard error is read all the time and its end kept, so that the child never blocks on it.
/// Destroying a child that runs stops it.
///
/// Every waiting call ends with Error: `interrupted` when the person asked to drop everything, `lost` when `patience`
/// ran out.
class Process {
 public:
  virtual ~Process() = default;

  /// Writes all of `bytes` to the child's standard input, and keeps what the child says meanwhile for read_line().
  /// Error `lost` when nobody reads it (any more), `protocol` when the child says more than 64 MiB instead.
  virtual void write(std::string_view bytes) = 0;
  /// Ends the child's standard input.
  virtual void close_input() = 0;
  /// The next line of standard output without its end, valid until the next call; nothing at the end of output.
  /// A last line without a line end counts only where `partial()` is asked for.
  virtual std::optional<std::string_view> read_line(std::chrono::milliseconds patience) = 0;
  /// So many bytes behind the last line, valid until the next call; nothing when the output ends before.
  virtual std::optional<std::string_view> read_bytes(std::size_t count, std::chrono::milliseconds patience) = 0;
  /// What stands after the last line end, once read_line() returned nothing.
  virtual std::string partial() const = 0;
  /// Waits until both outputs and the process have ended.
  virtual ExitStatus wait(std::chrono::milliseconds patience) = 0;
  /// The last 64 KiB of standard error so far.
  virtual const std::string& error_text() const = 0;
};

/// Starts processes. Abstract so that tests can script what kubectl does.
class Launcher {
 public:
  virtual ~Launcher() = default;
  /// `argv[0]` is looked up in PATH, then, where the simulator can be, beside this program. The child ignores Ctrl-C,
  /// which so can't cut a session in the middle of a batch. Throws Error (kubectl_missing) when the program can't be
  /// started.
  virtual std::unique_ptr<Process> start(const std::vector<std::string>& argv) = 0;
  /// The same, for somebody whose waiting other interrupts end. Both may start processes at once, in threads of their
  /// own.
  virtual std::unique_ptr<Launcher> listening_to(Interrupts& interrupts) = 0;
};

/// Real processes.
class SystemLauncher final : public Launcher {
 public:
  explicit SystemLauncher(Interrupts& interrupts) : interrupts_(interrupts) {}
  std::unique_ptr<Process> start(const std::vector<std::string>& argv) override;
  std::unique_ptr<Launcher> listening_to(Interrupts& interrupts) override {
    return std::make_unique<SystemLauncher>(interrupts);
  }

 private:
  Interrupts& interrupts_;
};

/// The Error for a program that is nowhere on PATH.
Error program_missing(const std::string& name);

/// What a process printed, read to its end.
struct Finished {
  ExitStatus status;
  std::string output;
  std::string error_text;
};

/// Reads all of `process`'s output and waits for its end.
Finished finish(Process& process, std::chrono::milliseconds patience);

}  // namespace akqueue

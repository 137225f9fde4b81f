// A child process with three pipes. How they are made and waited for is in process_posix.cpp and process_windows.cpp.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/error.hpp"
#include "system/interrupts.hpp"
#include "system/onlooker.hpp"

namespace akqueue::system {

/// How a process ended: its exit status, or 128 + the number of the signal that killed it, as in a shell. (On Windows
/// whoever kills a process also chooses its exit status.)
struct ExitStatus {
  int code = 0;
  bool ok() const { return code == 0; }
};

/// One running child. Its standard error is read all the time and the end of it kept, so that the child never blocks on
/// it. Destroying the object stops the child.
///
/// Every call that waits may throw Error: `interrupted` if the user asked to drop everything, `lost` if `patience` ran
/// out.
class Process {
 public:
  virtual ~Process() = default;

  /// Writes all of `bytes` to the child's standard input, and keeps what the child says meanwhile for read_line().
  /// Error `lost` if nobody reads it (any more), `protocol` if the child writes more than 64 MiB meanwhile.
  virtual void write(std::string_view bytes) = 0;
  /// Closes the child's standard input.
  virtual void close_input() = 0;
  /// The next line of standard output without its end, valid until the next call; nothing at the end of output.
  /// A last line without a line end is only in `partial()`.
  virtual std::optional<std::string_view> read_line(std::chrono::milliseconds patience) = 0;
  /// So many bytes after the last line, valid until the next call; nothing if the output ends before that.
  virtual std::optional<std::string_view> read_bytes(std::size_t count, std::chrono::milliseconds patience) = 0;
  /// What follows the last line end, once read_line() returned nothing.
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
  /// `argv[0]` is looked up in PATH and then (for the simulator) next to this program. The child ignores Ctrl-C, so
  /// that it can't cut a session in the middle of a batch. Throws Error (kubectl_missing) if the program can't be
  /// started.
  virtual std::unique_ptr<Process> start(const std::vector<std::string>& argv) = 0;
  /// The same for one that may ask a person something, and is sent nothing: where there is somebody to ask, the
  /// terminal is its standard input, and Ctrl-C ends it too.
  virtual std::unique_ptr<Process> start_asking(const std::vector<std::string>& argv) { return start(argv); }
  /// The same launcher with other interrupts. Both may start processes at the same time, in different threads.
  virtual std::unique_ptr<Launcher> listening_to(Interrupts& interrupts) = 0;
};

/// Real processes.
class SystemLauncher final : public Launcher {
 public:
  /// Without an onlooker nobody is asked anything.
  explicit SystemLauncher(Interrupts& interrupts, Onlooker* onlooker = nullptr)
      : interrupts_(interrupts), onlooker_(onlooker) {}
  std::unique_ptr<Process> start(const std::vector<std::string>& argv) override { return start(argv, false); }
  std::unique_ptr<Process> start_asking(const std::vector<std::string>& argv) override {
    return start(argv, onlooker_ != nullptr && onlooker_->may_be_asked());
  }
  std::unique_ptr<Launcher> listening_to(Interrupts& interrupts) override {
    return std::make_unique<SystemLauncher>(interrupts);
  }

 private:
  std::unique_ptr<Process> start(const std::vector<std::string>& argv, bool asks);

  Interrupts& interrupts_;
  Onlooker* onlooker_;
};

/// The Error for a program that is not on PATH.
Error program_missing(const std::string& name);

/// What a process printed, to its end.
struct Finished {
  ExitStatus status;
  std::string output;
  std::string error_text;
};

/// Reads all of `process`'s output and waits for its end.
Finished finish(Process& process, std::chrono::milliseconds patience);

}  // namespace akqueue::system

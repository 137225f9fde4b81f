// Children by Boost.Process. The only file that knows it.
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <boost/dll/runtime_symbol_info.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>

// From Boost 1.88 on the first version of the library lives under v1.
#if __has_include(<boost/process/v1/child.hpp>)
#include <boost/process/v1/args.hpp>
#include <boost/process/v1/async_pipe.hpp>
#include <boost/process/v1/child.hpp>
#include <boost/process/v1/error.hpp>
#include <boost/process/v1/exe.hpp>
#include <boost/process/v1/extend.hpp>
#include <boost/process/v1/io.hpp>
namespace bp = boost::process::v1;
#else
#include <boost/process/args.hpp>
#include <boost/process/async_pipe.hpp>
#include <boost/process/child.hpp>
#include <boost/process/error.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
namespace bp = boost::process;
#endif

#include "akqueue/error.hpp"
#include "system/line_buffer.hpp"
#include "system/process.hpp"

namespace akqueue::system {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kChunk = 256 << 10;
constexpr std::size_t kErrorTail = 64 << 10;
constexpr std::size_t kSaidMeanwhile = 64 << 20;
constexpr auto kPoll = 100ms;
constexpr auto kStopPatience = 2s;
/// A peer that takes nothing for so long will never take anything.
constexpr auto kWritePatience = 2min;

/// Otherwise every later child would inherit the pipes and keep them open.
void close_on_exec(const bp::async_pipe& pipe) {
  for (const int fd : {pipe.native_source(), pipe.native_sink()}) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/// Signal dispositions survive exec, and ours are not meant for kubectl: a broken pipe should end it, and passing on
/// Ctrl-C is up to us. (A Go program that starts with SIGINT ignored leaves it ignored.)
struct ChildSignals : bp::extend::handler {
  explicit ChildSignals(bool asks) : asks_(asks) {}
  template <class Executor>
  void on_exec_setup(Executor&) const {
    std::signal(SIGPIPE, SIG_DFL);
    std::signal(SIGXFSZ, SIG_DFL);
    std::signal(SIGINT, asks_ ? SIG_DFL : SIG_IGN);
  }

 private:
  bool asks_;
};

bool can_be_started(const fs::path& file) {
  std::error_code failure;
  return ::access(file.c_str(), X_OK) == 0 && fs::is_regular_file(file, failure);
}

/// Boost's own search would need Boost.Filesystem for this one call. Empty if there is none.
std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* const variable = std::getenv("PATH");
  std::string_view rest = variable == nullptr ? "" : variable;
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    const std::string directory(rest.substr(0, colon));
    const std::string candidate = (directory.empty() ? "." : directory) + "/" + name;
    if (can_be_started(candidate)) return candidate;
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  // The simulator is next to this program where krew unpacked it; on PATH krew puts only a link to this program.
  std::error_code failure;
  const fs::path beside = fs::canonical(boost::dll::program_location(failure), failure).parent_path() / name;
  return !failure && can_be_started(beside) ? beside.string() : std::string();
}

/// The program exists but can't be started, or the machine lacks the resources to start it.
Error not_started(const std::string& program, const std::error_code& failure) {
  const bool files = failure == std::errc::too_many_files_open || failure == std::errc::too_many_files_open_in_system;
  const bool processes =
      failure == std::errc::resource_unavailable_try_again || failure == std::errc::not_enough_memory;
  const ErrorCode code = files || processes ? ErrorCode::system : ErrorCode::kubectl_missing;
  const char* const hint = files       ? "ulimit -n shows how many files may be open; ulimit -n 1024 allows more"
                           : processes ? "ulimit -u shows how many processes may run"
                                       : "";
  return Error(code, "can't start " + program + ": " + failure.message(), hint);
}

class SystemProcess final : public Process {
 public:
  SystemProcess(const std::vector<std::string>& argv, bool asks, const Interrupts& interrupts, Onlooker* onlooker)
      : interrupts_(interrupts), onlooker_(onlooker), input_(context_), output_(context_), errors_(context_) {
    for (const auto* pipe : {&input_, &output_, &errors_}) close_on_exec(*pipe);
    const std::string program = find_program(argv[0]);
    if (program.empty()) throw program_missing(argv[0]);
    std::error_code failure;
    const std::vector<std::string> words(argv.begin() + 1, argv.end());
    if (asks) {
      child_ = bp::child(bp::exe = program, bp::args = words, bp::std_in<stdin, bp::std_out> output_,
                         bp::std_err > errors_, ChildSignals(asks), failure);
      close_input();
    } else {
      child_ = bp::child(bp::exe = program, bp::args = words, bp::std_in<input_, bp::std_out> output_,
                         bp::std_err > errors_, ChildSignals(asks), failure);
    }
    // Boost reports nothing if it has no pipe for the child's own errors.
    if (!failure && !child_.valid()) failure = std::make_error_code(std::errc::too_many_files_open);
    if (failure) throw not_started(program, failure);
    if (onlooker_ != nullptr) onlooker_->started(argv);
    listen_for_errors();
  }

  ~SystemProcess() override { stop(); }

  void write(std::string_view bytes) override {
    bool done = false;
    boost::system::error_code failure;
    asio::async_write(input_, asio::buffer(bytes), [&](const boost::system::error_code& code, std::size_t) {
      failure = code;
      done = true;
    });
    try {
      run_until(
          [&] {
            if (!done) keep_what_is_said();
            return done;
          },
          Steady::now() + kWritePatience);
    } catch (...) {
      // The handler refers to this stack frame, so it must run before the function returns.
      abandon(input_, [&] { return done; });
      throw;
    }
    if (failure) throw Error(ErrorCode::lost, "the session was cut while sending");
  }

  void close_input() override {
    boost::system::error_code ignored;
    if (input_.is_open()) input_.close(ignored);
  }

  std::optional<std::string_view> read_line(std::chrono::milliseconds patience) override {
    return await_output([&] { return lines_.take(); }, patience);
  }

  std::optional<std::string_view> read_bytes(std::size_t count, std::chrono::milliseconds patience) override {
    return await_output([&] { return lines_.take_bytes(count); }, patience);
  }

  std::string partial() const override { return lines_.rest(); }

  ExitStatus wait(std::chrono::milliseconds patience) override {
    const auto deadline = Steady::now() + patience;
    close_input();
    while (!output_ended_) {
      lines_.clear();
      read_more(deadline);
    }
    run_until([&] { return errors_ended_; }, deadline);
    std::error_code failure;
    while (child_.running(failure) && !failure) {
      if (interrupts_.at_once()) throw Error(ErrorCode::interrupted, "interrupted");
      if (Steady::now() > deadline) throw Error(ErrorCode::lost, "the process did not end in time");
      std::this_thread::sleep_for(2ms);
    }
    if (onlooker_ != nullptr) onlooker_->answered();
    return exit_status();
  }

  const std::string& error_text() const override { return error_text_; }

 private:
  /// What `take` finds in the output, as soon as it is there; nothing at the end of the output.
  template <class Take>
  std::optional<std::string_view> await_output(const Take& take, std::chrono::milliseconds patience) {
    const auto deadline = Steady::now() + patience;
    for (;;) {
      if (const auto found = take()) return found;
      if (output_ended_) return std::nullopt;
      read_more(deadline);
    }
  }

  void listen_for_errors() {
    errors_.async_read_some(asio::buffer(error_chunk_),
                            [this](const boost::system::error_code& code, std::size_t count) {
                              error_text_.append(error_chunk_.data(), count);
                              if (onlooker_ != nullptr) onlooker_->said({error_chunk_.data(), count});
                              if (error_text_.size() > kErrorTail)
                                error_text_.erase(0, error_text_.size() - kErrorTail);
                              if (code) {
                                errors_ended_ = true;
                              } else {
                                listen_for_errors();
                              }
                            });
  }

  /// Adds one piece of standard output to the lines, or notes its end.
  void read_more(Steady::time_point deadline) {
    if (chunk_.empty()) chunk_.resize(kChunk);
    bool done = false;
    std::size_t got = 0;
    boost::system::error_code failure;
    output_.async_read_some(asio::buffer(chunk_), [&](const boost::system::error_code& code, std::size_t count) {
      failure = code;
      got = count;
      done = true;
    });
    try {
      run_until([&] { return done; }, deadline);
    } catch (...) {
      abandon(output_, [&] { return done; });
      output_ended_ = true;
      throw;
    }
    lines_.add({chunk_.data(), got});
    if (failure) output_ended_ = true;
    // Of a process that only failed, the end is in wait(): its last words may still come.
    if (onlooker_ != nullptr && got > 0) onlooker_->answered();
  }

  /// A child that answers before it has read everything would wait for us, and we for it.
  void keep_what_is_said() {
    if (chunk_.empty()) chunk_.resize(kChunk);
    pollfd output{output_.native_source(), POLLIN, 0};
    while (output_.is_open() && ::poll(&output, 1, 0) == 1 && (output.revents & POLLIN) != 0) {
      const ssize_t got = ::read(output.fd, chunk_.data(), chunk_.size());
      if (got <= 0) return;
      lines_.add({chunk_.data(), static_cast<std::size_t>(got)});
      if (onlooker_ != nullptr) onlooker_->answered();
      if (lines_.size() > kSaidMeanwhile) throw Error(ErrorCode::protocol, "the peer keeps writing instead of reading");
    }
  }

  template <class Condition>
  void run_until(const Condition& condition, Steady::time_point deadline) {
    while (!condition()) {
      if (interrupts_.at_once()) throw Error(ErrorCode::interrupted, "interrupted");
      if (Steady::now() >= deadline) throw Error(ErrorCode::lost, "no answer in time");
      if (onlooker_ != nullptr) onlooker_->waiting();
      context_.restart();
      context_.run_one_for(kPoll);
    }
  }

  /// Closes `pipe` and runs its pending handler, which then reports an aborted operation.
  template <class Condition>
  void abandon(bp::async_pipe& pipe, const Condition& handled) {
    boost::system::error_code ignored;
    pipe.close(ignored);
    while (!handled()) {
      context_.restart();
      context_.run_one_for(kPoll);
    }
  }

  /// The end of its input tells the agent to exit; then SIGTERM, then SIGKILL. Never leaves a zombie.
  // NOLINTNEXTLINE(bugprone-exception-escape): asio throws here only for lack of memory
  void stop() noexcept {
    std::error_code failure;
    close_input();
    for (const int signal : {0, SIGTERM, SIGKILL}) {
      if (signal != 0 && child_.valid() && child_.running(failure)) ::kill(child_.id(), signal);
      const auto patience = signal == 0 ? std::chrono::milliseconds(interrupts_.at_once() ? 0 : 300) : kStopPatience;
      for (const auto deadline = Steady::now() + patience; child_.running(failure) && Steady::now() < deadline;) {
        context_.restart();
        context_.poll();
        std::this_thread::sleep_for(2ms);
      }
      if (!child_.running(failure)) return;
    }
    child_.wait(failure);
  }

  ExitStatus exit_status() const {
    const int status = child_.native_exit_code();
    if (WIFSIGNALED(status)) return {128 + WTERMSIG(status)};
    return {WEXITSTATUS(status)};
  }

  const Interrupts& interrupts_;
  Onlooker* onlooker_;
  asio::io_context context_;
  bp::async_pipe input_;
  bp::async_pipe output_;
  bp::async_pipe errors_;
  bp::child child_;
  LineBuffer lines_;
  std::string chunk_;
  std::array<char, 4096> error_chunk_{};
  std::string error_text_;
  bool output_ended_ = false;
  bool errors_ended_ = false;
};

}  // namespace

std::unique_ptr<Process> SystemLauncher::start(const std::vector<std::string>& argv, bool asks) {
  // Pipes are made first and closed on exec afterwards: a child that is forked between would keep another's open.
  static std::mutex one_at_a_time;
  const std::scoped_lock turn(one_at_a_time);
  try {
    return std::make_unique<SystemProcess>(argv, asks, interrupts_, onlooker_);
  } catch (const boost::system::system_error& failure) {
    throw not_started(argv[0], failure.code());
  } catch (const std::system_error& failure) { throw not_started(argv[0], failure.code()); }
}

}  // namespace akqueue::system

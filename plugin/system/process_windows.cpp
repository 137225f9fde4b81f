// Children by CreateProcess on overlapped pipes, waited for together.
#include <algorithm>
#include <array>
#include <filesystem>

#include "system/line_buffer.hpp"
#include "system/overlapped_pipe.hpp"
#include "system/paths.hpp"
#include "system/process.hpp"
#include "system/surroundings.hpp"
#include "system/windows_command_line.hpp"

namespace akqueue::system {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using Direction = OverlappedPipe::Direction;

constexpr std::size_t kChunk = 256 << 10;
constexpr std::size_t kErrorTail = 64 << 10;
constexpr std::size_t kSaidMeanwhile = 64 << 20;
constexpr std::size_t kWrittenAtOnce = 1 << 20;
constexpr auto kPoll = 100ms;
constexpr auto kEndPoll = 10ms;
constexpr auto kStopPatience = 2s;
/// A peer that takes nothing for so long will never take anything.
constexpr auto kWritePatience = 2min;
/// The exit status of a child that had to be killed: like SIGKILL in a shell elsewhere.
constexpr UINT kEnded = 137;

std::vector<std::string> parts(std::string_view list) {
  std::vector<std::string> found;
  while (!list.empty()) {
    const auto end = list.find(';');
    std::string part(list.substr(0, end));
    std::erase(part, '"');
    if (!part.empty()) found.push_back(std::move(part));
    list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
  }
  return found;
}

bool same_but_for_case(std::wstring_view one, std::wstring_view other) {
  return ::CompareStringOrdinal(one.data(), static_cast<int>(one.size()), other.data(), static_cast<int>(other.size()),
                                TRUE) == CSTR_EQUAL;
}

bool is_batch_file(const fs::path& file) {
  const std::wstring extension = file.extension().wstring();
  return same_but_for_case(extension, L".cmd") || same_but_for_case(extension, L".bat");
}

/// `name` as it is or with one of PATHEXT's endings, in a folder of PATH: never the current one, where any download
/// could be. Empty if there is none.
fs::path find_program(const std::string& name) {
  const fs::path written = path_of(name);
  std::vector<std::string> endings = parts(environment_variable("PATHEXT").value_or(".COM;.EXE;.BAT;.CMD"));
  if (written.has_extension()) endings.insert(endings.begin(), "");
  const std::vector<std::string> folders =
      written.has_parent_path() ? std::vector<std::string>{""} : parts(environment_variable("PATH").value_or(""));
  fs::path batch_file;
  for (const std::string& folder : folders) {
    for (const std::string& ending : endings) {
      fs::path candidate = path_of(folder) / path_of(name + ending);
      std::error_code failure;
      if (!fs::is_regular_file(candidate, failure)) continue;
      if (!is_batch_file(candidate)) return candidate;
      if (batch_file.empty()) batch_file = candidate;
    }
  }
  if (batch_file.empty()) return {};
  // The command interpreter splits arguments by its own rules: no quoting works for all of them.
  throw Error(ErrorCode::kubectl_missing,
              text_of(batch_file) + " is a batch file, which can't be given every argument unchanged",
              "put the folder of " + name + ".exe on PATH");
}

/// What a child inherits: its three ends and nothing else, whatever other threads start meanwhile.
class Inherited {
 public:
  explicit Inherited(std::array<HANDLE, 3> handles) : handles_(handles) {
    SIZE_T size = 0;
    ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
    memory_.resize(size);
    ::InitializeProcThreadAttributeList(list(), 1, 0, &size);
    ::UpdateProcThreadAttribute(list(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles_.data(), sizeof handles_, nullptr,
                                nullptr);
  }
  ~Inherited() { ::DeleteProcThreadAttributeList(list()); }
  Inherited(const Inherited&) = delete;
  Inherited& operator=(const Inherited&) = delete;

  LPPROC_THREAD_ATTRIBUTE_LIST list() { return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.data()); }

 private:
  std::array<HANDLE, 3> handles_;
  std::vector<unsigned char> memory_;
};

/// Starts `argv` with the children's ends. A process group of its own keeps Ctrl-C from it: a session ends after a
/// batch, not within one. It keeps the console, for the questions of a credential plugin.
PROCESS_INFORMATION create(const std::vector<std::string>& argv, const std::array<HANDLE, 3>& ends) {
  const fs::path program = find_program(argv[0]);
  if (program.empty()) throw program_missing(argv[0]);
  std::vector<std::string> words = argv;
  words[0] = text_of(program);
  std::wstring line = wide(windows_command_line(words));
  Inherited inherited(ends);
  STARTUPINFOEXW start{};
  start.StartupInfo.cb = sizeof start;
  start.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  start.StartupInfo.hStdInput = ends[0];
  start.StartupInfo.hStdOutput = ends[1];
  start.StartupInfo.hStdError = ends[2];
  start.lpAttributeList = inherited.list();
  PROCESS_INFORMATION made{};
  if (::CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE,
                       CREATE_NEW_PROCESS_GROUP | EXTENDED_STARTUPINFO_PRESENT, nullptr, nullptr, &start.StartupInfo,
                       &made) == 0) {
    throw Error(ErrorCode::kubectl_missing, "could not start " + words[0] + ": " + reason_of(::GetLastError()));
  }
  ::CloseHandle(made.hThread);
  return made;
}

/// Our standard input, for a child that asks the person.
Handle inheritable_input() {
  HANDLE copy = nullptr;
  const HANDLE self = ::GetCurrentProcess();
  ::DuplicateHandle(self, ::GetStdHandle(STD_INPUT_HANDLE), self, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS);
  return Handle(copy);
}

/// Of every pipe, our end and the child's.
struct Pipes {
  OverlappedPipe::Ends input = make_pipe(Direction::to_child);
  OverlappedPipe::Ends output = make_pipe(Direction::from_child);
  OverlappedPipe::Ends errors = make_pipe(Direction::from_child);

  Pipes() {
    if (!input.ours || !output.ours || !errors.ours)
      throw Error(ErrorCode::system, "can't make pipes for a process: " + reason_of(::GetLastError()));
  }
};

class SystemProcess final : public Process {
 public:
  SystemProcess(const std::vector<std::string>& argv, bool asks, const Interrupts& interrupts, Onlooker* onlooker,
                Pipes pipes)
      : interrupts_(interrupts),
        onlooker_(onlooker),
        input_(std::move(pipes.input.ours)),
        output_(std::move(pipes.output.ours)),
        errors_(std::move(pipes.errors.ours)) {
    const Handle console = asks ? inheritable_input() : Handle();
    const PROCESS_INFORMATION made = create(argv, {console ? console.get() : pipes.input.childs.get(),
                                                   pipes.output.childs.get(), pipes.errors.childs.get()});
    child_ = Handle(made.hProcess);
    group_ = made.dwProcessId;
    if (console) close_input();
    if (onlooker_ != nullptr) onlooker_->started(argv);
  }

  ~SystemProcess() override { stop(); }

  void write(std::string_view bytes) override {
    const auto deadline = Steady::now() + kWritePatience;
    while (!bytes.empty()) {
      if (!input_.is_open()) throw Error(ErrorCode::lost, "the session was cut while sending");
      input_.begin_write(bytes.data(), std::min(bytes.size(), kWrittenAtOnce));
      try {
        run_until([this] { return written(); }, deadline);
      } catch (...) {
        close_input();
        throw;
      }
      const auto count = input_.result();
      if (!count) throw Error(ErrorCode::lost, "the session was cut while sending");
      bytes.remove_prefix(*count);
    }
  }

  void close_input() override { input_.close(); }

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
    run_until(
        [this] {
          lines_.clear();
          return output_ended_ && errors_ended_;
        },
        deadline);
    while (running_after(kEndPoll)) check(deadline);
    DWORD status = 0;
    ::GetExitCodeProcess(child_.get(), &status);
    if (onlooker_ != nullptr) onlooker_->answered();
    return {static_cast<int>(status)};
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
      const std::size_t before = lines_.size();
      run_until([&] { return lines_.size() > before || output_ended_; }, deadline);
    }
  }

  void check(Steady::time_point deadline) const {
    if (interrupts_.at_once()) throw Error(ErrorCode::interrupted, "interrupted");
    if (Steady::now() >= deadline) throw Error(ErrorCode::lost, "no answer in time");
    if (onlooker_ != nullptr) onlooker_->waiting();
  }

  template <class Condition>
  void run_until(const Condition& condition, Steady::time_point deadline) {
    while (!condition()) {
      check(deadline);
      listen(kPoll);
    }
  }

  bool written() const {
    if (lines_.size() > kSaidMeanwhile) throw Error(ErrorCode::protocol, "the peer keeps writing instead of reading");
    return input_.ready();
  }

  /// Waits until something happens, for at most `patience`, and takes what the child has written.
  void listen(std::chrono::milliseconds patience) {
    if (!output_ended_ && !output_.busy()) output_.begin_read(chunk_.data(), chunk_.size());
    if (!errors_ended_ && !errors_.busy()) errors_.begin_read(error_chunk_.data(), error_chunk_.size());
    std::array<HANDLE, 3> events{};
    DWORD count = 0;
    for (const OverlappedPipe* pipe : {&input_, &output_, &errors_}) {
      if (pipe->busy()) events.at(count++) = pipe->event();
    }
    ::WaitForMultipleObjects(count, events.data(), FALSE, static_cast<DWORD>(patience.count()));
    if (output_.ready()) take_output();
    if (errors_.ready()) take_errors();
  }

  void take_output() {
    const auto count = output_.result();
    if (count) lines_.add({chunk_.data(), *count});
    output_ended_ = !count;
    if (onlooker_ != nullptr && count) onlooker_->answered();
  }

  void take_errors() {
    const auto count = errors_.result();
    error_text_.append(error_chunk_.data(), count.value_or(0));
    if (onlooker_ != nullptr) onlooker_->said({error_chunk_.data(), count.value_or(0)});
    if (error_text_.size() > kErrorTail) error_text_.erase(0, error_text_.size() - kErrorTail);
    errors_ended_ = !count;
  }

  bool running_after(std::chrono::milliseconds patience) const {
    return ::WaitForSingleObject(child_.get(), static_cast<DWORD>(patience.count())) == WAIT_TIMEOUT;
  }

  /// The end of its input tells the agent to exit; then Ctrl-Break, which reaches only the child's own group; then it
  /// is killed.
  void stop() noexcept {
    if (!child_) return;
    close_input();
    if (!running_after(interrupts_.at_once() ? 0ms : 300ms)) return;
    output_.close();
    errors_.close();
    if (::GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, group_) != 0 && !running_after(kStopPatience)) return;
    ::TerminateProcess(child_.get(), kEnded);
    running_after(kStopPatience);
  }

  const Interrupts& interrupts_;
  Onlooker* onlooker_;
  // Before the pipes: until these are closed, their operations write into the buffers.
  std::string chunk_ = std::string(kChunk, '\0');
  std::array<char, 4096> error_chunk_{};
  OverlappedPipe input_;
  OverlappedPipe output_;
  OverlappedPipe errors_;
  Handle child_;
  DWORD group_ = 0;
  LineBuffer lines_;
  std::string error_text_;
  bool output_ended_ = false;
  bool errors_ended_ = false;
};

}  // namespace

std::unique_ptr<Process> SystemLauncher::start(const std::vector<std::string>& argv, bool asks) {
  return std::make_unique<SystemProcess>(argv, asks, interrupts_, onlooker_, Pipes());
}

}  // namespace akqueue::system

#include "session/agent.hpp"

#include <algorithm>
#include <array>

#include "akqueue/checksum.hpp"
#include "akqueue/protocol.hpp"
#include "akqueue/time.hpp"

namespace akqueue::embedded {
extern const std::string_view agent_source;  // session/agent.py
}

namespace akqueue::session {

namespace {

using namespace std::chrono_literals;

/// Reads a length and as many bytes of source, and runs them; the rest of standard input is for the agent.
constexpr const char* kBootstrap = "import sys;exec(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))";

/// A person may have to answer a credential plugin's question first.
constexpr std::chrono::milliseconds kGreetingPatience = 2min;

const std::array<std::vector<std::string>, 3> kInterpreters{
    std::vector<std::string>{"python", "-c", kBootstrap},
    std::vector<std::string>{"/ak-root/.venv/bin/python", "-c", kBootstrap},
    std::vector<std::string>{"ak", "shell", "-c", kBootstrap},
};

/// A line with its end, and its sum between them.
std::string checked(std::string_view line) { return with_sum(line.substr(0, line.size() - 1)) + "\n"; }

/// Lines over a process's pipes. Each request is sent with its sum, and the sum of each answer is checked.
class ProcessChannel final : public Channel {
 public:
  explicit ProcessChannel(std::unique_ptr<system::Process> process) : process_(std::move(process)) {}

  void send(std::string_view bytes) override {
    if (in_frame_ || !protocol::carries_sum(bytes)) {
      in_frame_ = false;
      return process_->write(bytes);
    }
    in_frame_ = bytes.front() == protocol::kData;
    process_->write(checked(bytes));
  }
  void send_lines(const std::vector<std::string>& lines) override {
    std::string all;
    for (const std::string& line : lines) all += checked(line);
    process_->write(all);
  }
  std::optional<std::string_view> receive(std::chrono::milliseconds patience) override {
    const auto line = process_->read_line(patience);
    if (!line || !protocol::carries_sum(*line)) return line;
    const auto text = without_sum(*line);
    if (!text)
      throw Error(ErrorCode::protocol, "an answer was damaged on the way between the plugin and its agent",
                  "what was not committed is rolled back; run it again");
    return text;
  }
  std::optional<std::string_view> receive_bytes(std::size_t count, std::chrono::milliseconds patience) override {
    return process_->read_bytes(count, patience);
  }
  Ending ending() override {
    const system::ExitStatus status = process_->wait(10s);
    return {status.code, process_->error_text()};
  }

 private:
  std::unique_ptr<system::Process> process_;
  bool in_frame_ = false;  ///< the next bytes to send are a frame's
};

bool contains(std::string_view text, std::string_view words) { return text.find(words) != std::string_view::npos; }

bool command_is_missing(const system::Finished& finished) {
  const std::string_view said = finished.error_text;
  return finished.status.code == 126 || finished.status.code == 127 || contains(said, "executable file not found") ||
         contains(said, "no such file or directory");
}

/// How starting one interpreter went: it greeted, or it ended without a greeting.
struct Attempt {
  bool greeted = false;
  system::Finished ended;
};

void check_version(std::string_view line) {
  if (line == protocol::kGreeting) return;
  Error error(ErrorCode::protocol,
              "the peer speaks another version of the session protocol: expected '" + std::string(protocol::kGreeting) +
                  "', got '" + std::string(line.substr(0, 100)) + "'",
              "use kubectl-akqueue and akqueue-sim of the same release");
  throw error;
}

/// Sends the source with the first requests behind it, and reads up to the greeting. `noise` collects the first lines
/// that came before it.
bool await_greeting(system::Process& process, const std::vector<Request>& first, std::chrono::milliseconds patience,
                    std::string& noise) {
  constexpr std::size_t kNoiseKept = 4000;
  std::string requests;
  for (const Request& request : first) requests += checked(line_of(request));
  try {
    process.write(std::to_string(embedded::agent_source.size()) + "\n");
    process.write(embedded::agent_source);
    process.write(requests);
  } catch (const Error& error) {
    // A process that ended at once says why on its standard error, which is read below.
    if (error.code() != ErrorCode::lost) throw;
  }
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const auto left = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  };
  while (const auto line = process.read_line(left())) {
    // `ak shell` may print a prompt or colours before it on the same line.
    if (line->starts_with(protocol::kGreetingName)) {
      check_version(*line);
      return true;
    }
    if (noise.size() < kNoiseKept) noise.append(line->substr(0, 500)) += '\n';
  }
  return false;
}

Attempt attempt(system::Process& process, const std::vector<Request>& first, std::chrono::milliseconds patience) {
  std::string noise;
  try {
    if (await_greeting(process, first, patience, noise)) return {true, {}};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::lost) throw;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience).count();
    Error silent(ErrorCode::no_greeting, "the agent did not start in the container within " + format_age(seconds),
                 "is the node healthy? try kubectl exec into the pod by hand");
    throw silent.with_detail(noise + process.partial() + process.error_text());
  }
  const system::ExitStatus status = process.wait(10s);
  return {false, {status, noise + process.partial(), process.error_text()}};
}

Error never_greeted(const system::Finished& ended) {
  Error error(ErrorCode::no_greeting,
              "the agent did not start in the container (status " + std::to_string(ended.status.code) + ")",
              "is this authentik's server container? --container names another");
  return error.with_detail(ended.output + ended.error_text);
}

Error no_python(const std::string& detail) {
  Error error(ErrorCode::no_python,
              "the container has no Python: neither python, /ak-root/.venv/bin/python nor ak was found",
              "is this authentik's server container? --container names another");
  return error.with_detail(detail);
}

}  // namespace

Opened open_session(const Exec& exec, const Explain& explain, std::string_view table,
                    std::chrono::milliseconds patience) {
  std::optional<Error> no_authentik;
  std::string missing;
  for (const auto& command : kInterpreters) {
    auto process = exec(command);
    std::vector<Request> first = Session::first_requests(table);
    const Attempt tried = attempt(*process, first, std::min(patience, kGreetingPatience));
    if (!tried.greeted) {
      if (command_is_missing(tried.ended)) {
        missing += tried.ended.error_text;
        continue;
      }
      // kubectl's own failures end with 1 and a message on standard error; everything else came from the container.
      if (tried.ended.status.code == 1 && tried.ended.output.empty() &&
          !contains(tried.ended.error_text, "Traceback")) {
        throw explain(tried.ended);
      }
      throw never_greeted(tried.ended);
    }
    auto session =
        std::make_unique<Session>(std::make_unique<ProcessChannel>(std::move(process)), patience, std::move(first));
    try {
      auto [facts, catalog] = session->welcome();
      return {std::move(session), std::move(facts), std::move(catalog)};
    } catch (const Error& error) {
      if (error.code() != ErrorCode::no_authentik) throw;
      no_authentik = error;
    }
  }
  if (no_authentik) throw *no_authentik;
  throw no_python(missing);
}

}  // namespace akqueue::session

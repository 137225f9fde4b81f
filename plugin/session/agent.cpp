#include "session/agent.hpp"

#include <array>

#include "akqueue/checksum.hpp"
#include "akqueue/protocol.hpp"

namespace akqueue {

extern const std::string_view agent_source;  // session/agent.py

namespace {

using namespace std::chrono_literals;

/// Reads a length and as many bytes of source, and runs them; what follows on standard input is the agent's.
constexpr const char* kBootstrap = "import sys;exec(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))";

/// A person may have to answer a credential plugin's question meanwhile.
constexpr auto kGreetingPatience = 2min;

const std::array<std::vector<std::string>, 3> kInterpreters{
    std::vector<std::string>{"python", "-c", kBootstrap},
    std::vector<std::string>{"/ak-root/.venv/bin/python", "-c", kBootstrap},
    std::vector<std::string>{"ak", "shell", "-c", kBootstrap},
};

/// Lines over a process's pipes. A request is sent alone, with its sum, and an answer's is checked.
class ProcessChannel final : public Channel {
 public:
  explicit ProcessChannel(std::unique_ptr<Process> process) : process_(std::move(process)) {}

  void send(std::string_view bytes) override {
    if (in_frame_ || !protocol::carries_sum(bytes)) {
      in_frame_ = false;
      return process_->write(bytes);
    }
    in_frame_ = bytes.front() == protocol::kData;
    process_->write(with_sum(bytes.substr(0, bytes.size() - 1)) + "\n");
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
    const ExitStatus status = process_->wait(10s);
    return {status.code, process_->error_text()};
  }

 private:
  std::unique_ptr<Process> process_;
  bool in_frame_ = false;  ///< what is sent next are its bytes
};

bool contains(std::string_view text, std::string_view words) { return text.find(words) != std::string_view::npos; }

bool command_is_missing(const Finished& finished) {
  const std::string_view said = finished.error_text;
  return finished.status.code == 126 || finished.status.code == 127 || contains(said, "executable file not found") ||
         contains(said, "no such file or directory");
}

/// How starting one interpreter went: it greeted, or it ended before.
struct Attempt {
  bool greeted = false;
  Finished ended;
};

void check_version(std::string_view line) {
  if (line == protocol::kGreeting) return;
  Error error(ErrorCode::protocol,
              "the peer speaks another version of the session protocol: expected '" + std::string(protocol::kGreeting) +
                  "', got '" + std::string(line.substr(0, 100)) + "'",
              "use kubectl-akqueue and akqueue-sim of the same release");
  throw error;
}

/// Sends the source and reads on to the greeting. `noise` collects the first lines that came instead of it.
bool await_greeting(Process& process, std::string& noise) {
  constexpr std::size_t kNoiseKept = 4000;
  try {
    process.write(std::to_string(agent_source.size()) + "\n");
    process.write(agent_source);
  } catch (const Error& error) {
    // A process that went away at once says why on its standard error, which is read below.
    if (error.code() != ErrorCode::lost) throw;
  }
  const auto deadline = std::chrono::steady_clock::now() + kGreetingPatience;
  const auto left = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  };
  while (const auto line = process.read_line(left())) {
    // `ak shell` may leave a prompt or colours before it on the line.
    if (line->starts_with(protocol::kGreetingName)) {
      check_version(*line);
      return true;
    }
    if (noise.size() < kNoiseKept) noise.append(line->substr(0, 500)) += '\n';
  }
  return false;
}

Attempt attempt(Process& process) {
  std::string noise;
  try {
    if (await_greeting(process, noise)) return {true, {}};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::lost) throw;
    Error silent(ErrorCode::no_greeting, "the agent did not start in the container within two minutes",
                 "is the node well? kubectl exec into the pod by hand shows whether it answers");
    throw silent.with_detail(noise + process.partial() + process.error_text());
  }
  const ExitStatus status = process.wait(10s);
  return {false, {status, noise + process.partial(), process.error_text()}};
}

Error never_greeted(const Finished& ended) {
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

Opened open_session(const Exec& exec, const Explain& explain) {
  std::optional<Error> no_authentik;
  std::string missing;
  for (const auto& command : kInterpreters) {
    auto process = exec(command);
    const Attempt tried = attempt(*process);
    if (!tried.greeted) {
      if (command_is_missing(tried.ended)) {
        missing += tried.ended.error_text;
        continue;
      }
      // kubectl's own failures end with 1 and a word on standard error; everything else came from the container.
      if (tried.ended.status.code == 1 && tried.ended.output.empty() &&
          !contains(tried.ended.error_text, "Traceback")) {
        throw explain(tried.ended);
      }
      throw never_greeted(tried.ended);
    }
    auto session = std::make_unique<Session>(std::make_unique<ProcessChannel>(std::move(process)));
    try {
      const DatabaseFacts facts = session->hello();
      return {std::move(session), facts};
    } catch (const Error& error) {
      if (error.code() != ErrorCode::no_authentik) throw;
      no_authentik = error;
    }
  }
  if (no_authentik) throw *no_authentik;
  throw no_python(missing);
}

}  // namespace akqueue

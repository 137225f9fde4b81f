// A whole site in memory, for tests of what commands do from their line to their exit status: a kubectl, one server pod
// with its agent, a database that answers what the test has told it. Nothing waits, and the database's time is the
// clock's.
#pragma once

#include <algorithm>

#include "akqueue/json.hpp"
#include "akqueue/protocol.hpp"
#include "akqueue/tasks.hpp"
#include "akqueue/time.hpp"
#include "akqueue/tuple.hpp"
#include "cli/run.hpp"
#include "fakes.hpp"
#include "outside.hpp"

namespace akqueue::testing {

/// What the agent says to one request, and what happens meanwhile.
struct Answer {
  std::vector<std::string> rows = {};  ///< of a query, each as JSON has it
  std::int64_t count = 0;              ///< of rows that were changed or copied
  std::string tuples = {};             ///< of a copy_out
  std::string error = {};              ///< instead: the object of an error
  bool cut = false;                    ///< instead: the session ends
  std::function<void()> meanwhile = {};
};

inline Answer rows_are(std::vector<std::string> rows) {
  Answer answer;
  answer.rows = std::move(rows);
  return answer;
}

inline Answer changed(std::int64_t count) {
  Answer answer;
  answer.count = count;
  return answer;
}

inline Answer fails(std::string error) {
  Answer answer;
  answer.error = std::move(error);
  return answer;
}

inline Answer cut() {
  Answer answer;
  answer.cut = true;
  return answer;
}

inline Answer after(std::function<void()> event, Answer answer = {}) {
  answer.meanwhile = std::move(event);
  return answer;
}

class ScriptedSite final : public system::Launcher {
 public:
  explicit ScriptedSite(const system::Clock& clock) : clock_(clock), began_(clock.now()) {}

  /// Requests that begin with `request` (its op, and its SQL or its table) get these answers in order, and the last one
  /// from then on. What is told later goes first; a request of which nothing was told finds no rows and changes none.
  void on(std::string request, std::vector<Answer> answers) {
    told_.push_front({std::move(request), {answers.begin(), answers.end()}});
  }

  /// How many requests so far began with `request`.
  std::size_t asked(std::string_view request) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(journal, [&](const std::string& one) { return one.starts_with(request); }));
  }

  std::unique_ptr<system::Process> start(const std::vector<std::string>& argv) override;
  std::unique_ptr<system::Launcher> listening_to(system::Interrupts&) override {
    throw std::logic_error("this is one site");
  }

  std::vector<std::string> journal;  ///< of requests
  std::string copied;                ///< all rows that a copy_in brought
  int entered = 0;                   ///< how often an agent was started
  int refusals = 0;                  ///< so many calls of kubectl get fail from now on
  int restarts = 0;                  ///< of the worker's container
  std::string system = "7001/16384";

 private:
  class Agent;
  struct Told {
    std::string request;
    std::deque<Answer> answers;
  };

  std::string now() const {
    constexpr const char* kBeginning = "2026-05-01T12:00:00Z";
    return format_timestamp(*parse_timestamp(kBeginning) +
                            std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - began_).count());
  }
  Answer answer_to(const std::string& request);
  std::string pods() const;

  const system::Clock& clock_;
  std::chrono::steady_clock::time_point began_;
  std::deque<Told> told_;
};

/// The peer of docs/protocol.md. The client writes some lines, or the bytes of a frame, at a time.
class ScriptedSite::Agent final : public system::Process {
 public:
  explicit Agent(ScriptedSite& site) : site_(site) {}

  void write(std::string_view bytes) override {
    constexpr int kPartsOfSource = 2;  // its length, and itself
    if (parts_ < kPartsOfSource) {
      if (++parts_ == kPartsOfSource) says_.emplace_back(protocol::kGreeting);
    } else if (bytes.starts_with("{")) {
      for (; !bytes.empty(); bytes.remove_prefix(bytes.find('\n') + 1)) asked(bytes.substr(0, bytes.find('\n')));
    } else if (bytes == ".\n") {
      reply("copy_in", copy_in_, {});
    } else if (bytes.starts_with("d ")) {
      ++frames_;
    } else {
      site_.copied += bytes;
    }
  }
  void close_input() override {}
  std::optional<std::string_view> read_line(std::chrono::milliseconds) override {
    if (says_.empty()) return std::nullopt;
    said_ = std::move(says_.front());
    says_.pop_front();
    if (protocol::carries_sum(said_)) said_ = with_sum(said_);
    return said_;
  }
  std::optional<std::string_view> read_bytes(std::size_t, std::chrono::milliseconds) override {
    said_ = std::move(says_.front());
    says_.pop_front();
    return said_;
  }
  std::string partial() const override { return {}; }
  system::ExitStatus wait(std::chrono::milliseconds) override { return {137}; }
  const std::string& error_text() const override { return nothing_; }

 private:
  static std::string words(const Json& request) {
    return request["op"].get<std::string>() + " " + request.value("sql", request.value("table", std::string()));
  }

  void asked(std::string_view line) {
    const Json request = Json::parse(*without_sum(line));
    frames_ = 0;
    if (request["op"] == "copy_in") copy_in_ = words(request);
    else reply(request["op"], words(request), request);
  }

  void reply(const std::string& op, const std::string& request, const Json& asked) {
    const bool statement = op == "query" || op == "execute" || op == "copy_out" || op == "copy_in";
    if (cut_) return;
    if (failed_ && statement)
      return says_.push_back(R"(! {"code":"sql","message":"transaction is aborted","sqlstate":"25P02"})");
    const Answer answer = site_.answer_to(request);
    cut_ = answer.cut;
    failed_ = statement && !answer.error.empty();
    if (cut_) return;
    if (!answer.error.empty()) return says_.push_back("! " + answer.error);
    Json result = Json::object();
    if (op == "hello") {
      result = {{"engine", "sqlite"}, {"server_version", "3.40"}, {"database", "authentik"}, {"user", "a"},
                {"schema", "public"}, {"standby", false},         {"now", site_.now()},      {"authentik", nullptr},
                {"agent", "fake"},    {"system", site_.system}};
    } else if (op == "introspect") {
      result =
          asked["table"] == kTaskTable ? catalog() : Json{{"tables", Json::array()}, {"references", Json::array()}};
    } else if (op == "begin") {
      result["now"] = site_.now();
    } else if (op == "query") {
      std::uint32_t sum = 0;
      for (const std::string& row : answer.rows) {
        says_.push_back("r " + row);
        sum = crc32_of(says_.back() + "\n", sum);
      }
      result["crc32"] = sum;
    } else {
      if (!answer.tuples.empty()) says_.push_back(protocol::frame_head(answer.tuples));
      if (!answer.tuples.empty()) says_.push_back(answer.tuples), ++frames_;
      result = {{"rows", answer.count}, {"frames", frames_}};
    }
    says_.push_back("= " + result.dump());
  }

  /// The columns that every release has, and no other table.
  static Json catalog() {
    Json columns = Json::array({{{"name", "message_id"}, {"type", "uuid"}, {"nullable", false}}});
    for (const char* name : {"queue_name", "actor_name", "state"})
      columns.push_back({{"name", name}, {"type", "text"}, {"nullable", false}});
    columns.push_back({{"name", "mtime"}, {"type", "timestamp with time zone"}, {"nullable", false}});
    const Json task{{"name", kTaskTable}, {"columns", columns}, {"primary_key", {"message_id"}}};
    return {{"tables", Json::array({task})}, {"references", Json::array()}};
  }

  ScriptedSite& site_;
  int parts_ = 0;
  int frames_ = 0;
  bool cut_ = false;
  bool failed_ = false;  ///< the transaction: its further statements fail as well
  std::string copy_in_;  ///< the request whose rows come
  std::deque<std::string> says_;
  std::string said_;
  std::string nothing_;
};

inline std::unique_ptr<system::Process> ScriptedSite::start(const std::vector<std::string>& argv) {
  if (argv.at(1) == "exec") {
    ++entered;
    return std::make_unique<Agent>(*this);
  }
  if (refusals > 0) {
    --refusals;
    return std::make_unique<ScriptedProcess>(std::vector<std::string>{}, 1, "Unable to connect to the server: timeout");
  }
  return std::make_unique<ScriptedProcess>(std::vector<std::string>{pods()}, 0, "");
}

inline Answer ScriptedSite::answer_to(const std::string& request) {
  journal.push_back(request);
  const auto found = std::ranges::find_if(told_, [&](const Told& one) { return request.starts_with(one.request); });
  if (found == told_.end()) return {};
  const Answer answer = found->answers.front();
  if (found->answers.size() > 1) found->answers.pop_front();
  if (answer.meanwhile) answer.meanwhile();
  return answer;
}

/// A server and a worker.
inline std::string ScriptedSite::pods() const {
  Json items = Json::array();
  for (const std::string component : {"server", "worker"}) {
    const Json labels{{"app.kubernetes.io/component", component}, {"app.kubernetes.io/instance", "authentik"}};
    const Json container{{"name", component}, {"restartCount", component == "worker" ? restarts : 0}};
    items.push_back({{"kind", "Pod"},
                     {"metadata", {{"name", "authentik-" + component}, {"namespace", "sso"}, {"labels", labels}}},
                     {"spec", {{"containers", {{{"name", component}}}}}},
                     {"status",
                      {{"phase", "Running"},
                       {"conditions", {{{"type", "Ready"}, {"status", "True"}}}},
                       {"containerStatuses", {container}}}}});
  }
  return Json{{"items", items}}.dump();
}

/// Somebody at a machine of their own, with that site in reach.
struct Desk : Outside {
  Desk() : Outside(site) {}
  /// Runs a line, and gives its exit status.
  int run(std::vector<std::string> line) {
    line.insert(line.end(), {"--namespace", "sso", "--context", "prod"});
    return akqueue::cli::run(line, environment, {});
  }
  bool printed(std::string_view words) const { return terminal.printed.find(words) != std::string::npos; }
  bool said(std::string_view words) const { return terminal.said.find(words) != std::string::npos; }

  ScriptedSite site{clock};
};

/// The exit status of an error's kind.
inline int status_of(ErrorCode code) { return error_kind(code).exit_status; }

}  // namespace akqueue::testing

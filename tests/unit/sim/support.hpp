// What the tests of the simulator share: a folder that goes away, worlds in it, a peer to talk to in memory, and
// kubectl with its streams caught.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "kubectl/kubectl.hpp"
#include "replica/server.hpp"
#include "replica/triggers.hpp"
#include "simulation/create.hpp"
#include "world/world.hpp"

namespace akqueue::sim {

inline constexpr const char* kNow = "2026-05-01T12:00:00.000000Z";
inline constexpr const char* kTaskId = "11111111-2222-4333-8444-555555555555";

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sim-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// A world of a scenario, with the clock standing at kNow.
inline std::string make_world(const TempFolder& folder, const std::string& scenario, std::int64_t tasks,
                              std::uint64_t seed = 1) {
  const std::string path = folder.file(scenario + std::to_string(seed) + ".world");
  create_world(path, find_scenario(scenario), {tasks, seed, parse_timestamp(kNow), true});
  return path;
}

/// The tables of a release, empty, in memory, with everything on.
inline void make_schema(Database& database, const std::string& release = "2025.10") {
  const Schema schema = read_schema(release);
  create_tables(database, schema);
  for (const SchemaTable& table : schema.tables) {
    create_indexes(database, table);
    create_triggers(database, table);
  }
  database.run(
      "INSERT INTO authentik_tenants_tenant VALUES ('00000000-0000-4000-8000-000000000001', 'public', 'Default', 1)");
}

/// An INSERT of a task; `state` and `messages` as given.
inline std::string insert_task(const std::string& id = kTaskId, const std::string& state = "queued",
                               const std::string& messages = "[]") {
  return "INSERT INTO authentik_tasks_task (message_id, queue_name, actor_name, message, state, mtime, _messages, "
         "_previous_messages,"
         " aggregated_status, tenant_id, retries) VALUES ('" +
         id + "', 'default', 'a.b', x'8004', '" + state + "', '" + kNow + "', '" + messages +
         "', '[]', '', '00000000-0000-4000-8000-000000000001', 0)";
}

/// A client that keeps what it is told.
class Peer {
 public:
  explicit Peer(Database& database)
      : server_(database, {"authentik", "authentik", "2025.12.4", [this] { return now_; }}) {}

  /// The lines of the reply.
  std::vector<std::string> tell(const std::string& line) {
    std::vector<std::string> lines;
    bytes_.clear();
    alive_ = server_.handle(line, {[&](std::string_view reply) { lines.emplace_back(reply); },
                                   [&](std::string_view bytes) { bytes_ += bytes; }});
    return lines;
  }
  /// A head of a frame with its bytes.
  std::vector<std::string> tell(const std::string& head, const std::string& frame) {
    const auto lines = tell(head);
    if (server_.expects() == frame.size()) server_.take(frame);
    return lines;
  }
  /// The bytes of the frames of the last reply.
  const std::string& bytes() const { return bytes_; }
  /// The last line of the reply.
  std::string last(const std::string& line) {
    const auto lines = tell(line);
    return lines.empty() ? "" : lines.back();
  }
  /// A statement without parameters, as query.
  std::vector<std::string> query(const std::string& sql, const std::string& params = "[]") {
    return tell(request("query", sql, params));
  }
  std::string execute(const std::string& sql, const std::string& params = "[]") {
    return last(request("execute", sql, params));
  }
  std::string begin(const std::string& more = "") {
    return last("{\"op\":\"begin\"" + (more.empty() ? "" : "," + more) + "}");
  }
  std::string commit() { return last(R"({"op":"commit"})"); }
  std::string rollback() { return last(R"({"op":"rollback"})"); }
  void hello() { last(R"({"op":"hello","protocol":2})"); }

  static std::string request(const std::string& op, const std::string& sql, const std::string& params) {
    return Json{{"op", op}, {"sql", sql}, {"params", Json::parse(params)}}.dump();
  }
  bool alive() const { return alive_; }
  void set_now(Timestamp now) { now_ = now; }

 private:
  Timestamp now_ = *parse_timestamp(kNow);
  bool alive_ = true;
  std::string bytes_;
  ReplicaServer server_;
};

/// The SQLSTATE or, without one, the code of an error line; the line itself when it is none.
inline std::string failure_of(const std::string& line) {
  if (!line.starts_with("! ")) return line;
  const auto error = ForeignJson::parse(line.substr(2));
  return error.value("sqlstate", error.value("code", std::string()));
}

class TextInput final : public Input {
 public:
  explicit TextInput(std::string text) : stream_(std::move(text)) {}
  bool read_line(std::string& line) override { return static_cast<bool>(std::getline(stream_, line)); }
  bool read_bytes(std::string& bytes, std::size_t count) override {
    bytes.resize(count);
    return static_cast<bool>(stream_.read(bytes.data(), static_cast<std::streamsize>(count)));
  }
  bool skip(std::size_t count) override {
    return static_cast<bool>(stream_.ignore(static_cast<std::streamsize>(count))) && !stream_.eof();
  }
  bool ended() override { return false; }

 private:
  std::istringstream stream_;
};

struct Ran {
  int status;
  std::string out;
  std::string err;
};

inline Ran kubectl(const std::string& world, const std::vector<std::string>& args, const std::string& input = {}) {
  TextInput in(input);
  std::ostringstream out;
  std::ostringstream err;
  const int status = run_kubectl(world, args, {in, out, err});
  return {status, out.str(), err.str()};
}

}  // namespace akqueue::sim

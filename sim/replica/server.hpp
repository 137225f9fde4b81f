// The peer's side of docs/protocol.md on SQLite: one line in, lines out, no I/O of its own, so that tests drive it in
// memory and the program through standard input and output.
//
// What PostgreSQL has and SQLite does not is emulated here: a transaction that accepts only a rollback after a failure
// (25P02), foreign keys that fail at COMMIT and roll back (23503), time limits for statements and for locks, and casts
// to types that SQLite does not have. A writer takes SQLite's one write lock at `begin`, and waits there.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "akqueue/json.hpp"
#include "akqueue/protocol.hpp"
#include "akqueue/time.hpp"
#include "replica/database.hpp"

namespace akqueue::sim {

/// What `hello` reports and SQLite does not know.
struct ServerFacts {
  std::string database = "authentik";
  std::string user = "authentik";
  std::string authentik;  ///< authentik's version; empty: unknown
  std::function<Timestamp()> now;
  std::map<std::string, std::string> environment = {};  ///< of the container
  std::string system = {};                              ///< identifies this database; empty: unknown
  std::vector<std::string> absent = {};                 ///< functions that its authentik does not have
  bool pooled = false;                                  ///< as if a connection pooler stood in between
};

class ReplicaServer {
 public:
  /// A line of a reply, without its end.
  using Write = std::function<void(std::string_view line)>;
  /// What a reply is written to: lines, and the bytes of frames after their heads.
  struct Writer {
    Write line;
    Write bytes;
  };

  ReplicaServer(Database& database, ServerFacts facts);
  /// Rolls back what is open.
  ~ReplicaServer();
  ReplicaServer(const ReplicaServer&) = delete;
  ReplicaServer& operator=(const ReplicaServer&) = delete;

  /// Answers one line. False when the session is over (`bye`, `lost`).
  bool handle(std::string_view line, const Writer& write);
  /// How many bytes follow the last handled line before the next one: the rows of a copy_in.
  std::size_t expects() const { return copy_in_ ? copy_in_->frame.length : 0; }
  /// Takes them.
  void take(std::string_view bytes);
  /// Answers a line that did not arrive as it was sent. False if the session is over: in a copy_in it is not known
  /// where the next line begins.
  bool refuse_damaged(const Writer& write);
  /// The peer's exit status.
  int exit_status() const { return exit_status_; }

 private:
  enum class Phase { greeted, idle, open, failed, over };
  /// A copy_in in progress; a failure is reported once its last line has come.
  struct CopyIn {
    std::optional<Statement> insert;
    int columns = 0;
    protocol::FrameHead frame = {};  ///< of the next frame
    std::int64_t rows = 0;
    std::int64_t frames = 0;
    std::optional<Error> failure;
  };
  struct Operation;
  static const Operation kOperations[];

  Json dispatch(std::string_view line, const Writer& write);
  Json hello(const Json& request, const Writer& write);
  Json introspect(const Json& request, const Writer& write);
  Json config(const Json& request, const Writer& write);
  Json absent(const Json& request, const Writer& write);
  Json begin(const Json& request, const Writer& write);
  Json query(const Json& request, const Writer& write);
  Json execute(const Json& request, const Writer& write);
  Json copy_out(const Json& request, const Writer& write);
  Json copy_in(const Json& request, const Writer& write);
  Json commit(const Json& request, const Writer& write);
  Json rollback(const Json& request, const Writer& write);
  Json bye(const Json& request, const Writer& write);

  void take_copied_line(std::string_view line, const Writer& write);
  void insert_rows(std::string_view tuples);
  void require_transaction() const;
  Statement statement_of(const Json& request, const Json& params);
  void end_transaction(Phase next);
  void fail(const Error& error, const Writer& write);

  Database& database_;
  ServerFacts facts_;
  Phase phase_ = Phase::greeted;
  std::optional<CopyIn> copy_in_;
  /// Time stands still in a transaction, like PostgreSQL's now().
  std::optional<Timestamp> transaction_now_;
  std::chrono::steady_clock::time_point let_go_;  ///< of the writers' lock
  int exit_status_ = 0;
};

}  // namespace akqueue::sim

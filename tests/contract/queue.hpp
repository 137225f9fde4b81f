// The fixture of every case: an open session with empty task tables, and short words for what a case puts into them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/tasks.hpp"
#include "peer.hpp"
#include "queue/measure/selection_counts.hpp"
#include "session/dialect.hpp"

namespace akqueue::contract {

/// A task row; ages are in seconds before the fixture's now(). Values without a column in the release are left out.
struct Task {
  std::string id = {};  ///< empty: the next one
  std::string queue = "default";
  std::string actor = "authentik.core.tasks.clean_expired_models";
  std::string state = "queued";
  std::int64_t age_s = 3600;
  std::optional<std::int64_t> eta_in_s = {};
  session::Value message = {{"b64", "gASVAAAA"}};
  session::Value uid = nullptr;
  std::string messages = "[]";
};

struct Log {
  std::string task;
  std::string event = "Task finished";
  std::string level = "info";
  std::string attributes = "{}";
  bool previous = false;
};

/// A TaskFilter of which a case names only what it is about.
struct Choice {
  std::vector<std::string> queues = {};
  std::vector<std::string> states = {};
  std::vector<std::string> actors = {};
  std::vector<std::string> ids = {};
  std::optional<std::int64_t> older_than_s = {};

  queue::TaskFilter filter() const {
    queue::TaskFilter filter{.queues = queues, .states = states, .actors = actors, .older_than_s = older_than_s};
    for (const std::string& id : ids) filter.ids.push_back(Uuid::parse(id).value());
    return filter;
  }
};

/// A worker that lives: it holds tasks until it dies.
class Worker {
 public:
  explicit Worker(session::Session& session) : session_(session) {}
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void hold(const std::string& message_id, const std::string& queue = "default");
  /// Keeps the lock of a row of the workers' table, as its status process does while it lives.
  void live(const std::string& worker_id, const std::string& hostname);
  /// As kill -9 does it: the rows stay, nobody holds them.
  void die();
  /// PostgreSQL only: the connection that has the advisory locks.
  session::Session& connection();

 private:
  void write(const session::Statement& statement);
  void lock(const std::string& name);

  session::Session& session_;  ///< the fixture's; the replica's locks are rows
  std::unique_ptr<session::Session> own_;
};

struct EmptyQueue {
  EmptyQueue();

  std::string insert_task(const Task& task = {});
  /// `count` queued tasks of one actor in a single statement, `logs` log rows each. Their ids begin with `prefix`,
  /// eight hexadecimal digits.
  void insert_many(int count, const std::string& actor, int logs = 0, const std::string& prefix = "0aaaaaaa");
  /// Nothing in a release without the log table: see log_rows().
  std::string insert_log(const Log& log);
  void insert_schedule(const std::string& actor, const std::string& crontab, Timestamp next_run, bool paused = false);
  /// Its id.
  std::string insert_worker(const std::string& hostname, std::int64_t seen_ago_s,
                            const std::string& version = "2025.12.4");

  /// One statement in its own transaction.
  std::int64_t write(const session::Statement& statement);
  /// Statistics as they are now. PostgreSQL tells what a session has inserted some time later, and then on top of them.
  void analyze();
  std::vector<session::Value> read(const session::Statement& statement);
  /// The only value of the only row.
  session::Value one(const session::Statement& statement);
  std::int64_t count(std::string_view table, std::string_view condition = "1 = 1");

  const Release& release() const { return peer.release(); }
  bool has_logs() const { return release().has(kTaskLogTable); }
  /// How many there are where `count` log rows were inserted. None in a release without the log table, which it says.
  std::int64_t log_rows(std::int64_t count) const;
  /// Whether the release has this table or this column of the tasks. If not it says so, and checks that the database
  /// has none.
  bool offers(std::string_view table, std::string_view column = {});

  /// With the catalog as it is now.
  session::Database database();

  std::string next_id();
  Timestamp now() const { return facts.now; }

  Peer& peer = contract::peer();
  session::DatabaseFacts facts;
  std::unique_ptr<session::Session> session;
  std::unique_ptr<session::Dialect> dialect;
  Worker worker;

 private:
  explicit EmptyQueue(session::Opened opened);
  session::Catalog catalog_;
  std::string tenant_;
  int ids_ = 0;
};

/// A table that a case adds, taken away with it.
class ExtraTable {
 public:
  ExtraTable(EmptyQueue& queue, std::string name, const std::string& columns);
  ~ExtraTable();
  ExtraTable(const ExtraTable&) = delete;
  ExtraTable& operator=(const ExtraTable&) = delete;

 private:
  EmptyQueue& queue_;
  std::string name_;
};

/// `sql 23505`, `state`: how an Error came; empty when there was none.
template <class Call>
std::string failure_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return std::string(error_kind(error.code()).name) + (error.sqlstate().empty() ? "" : " " + error.sqlstate());
  }
  return {};
}

inline constexpr session::TransactionSettings kReading{
    .read_only = true, .snapshot = true, .statement_timeout_ms = 30'000, .lock_timeout_ms = 10'000};
inline constexpr session::TransactionSettings kWriting{
    .read_only = false, .statement_timeout_ms = 30'000, .lock_timeout_ms = 10'000};

}  // namespace akqueue::contract

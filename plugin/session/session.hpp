// A session with the database: the client's side of docs/protocol.md. A request is sent and its answer awaited, or
// several travel together (request.hpp).
//
// Errors: what the peer reports becomes an Error with the code from the wire (`sql` with its SQLSTATE, `connect`); a
// peer that ended or fell silent is `lost`; a line that can't be understood is `protocol`.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "akqueue/time.hpp"
#include "session/catalog.hpp"
#include "session/channel.hpp"
#include "session/request.hpp"

namespace akqueue::session {

/// A value as on the wire: null, bool, number, string, or {"b64": "…"}.
using Value = ForeignJson;

/// A statement and the values bound to its `$1`, `$2`, …
struct Statement {
  std::string sql;
  Value params = Value::array();

  /// Adds a value and returns its placeholder.
  std::string bind(Value value);
};

/// What the peer says about the database when it connects.
struct DatabaseFacts {
  std::string engine;  ///< postgresql, sqlite
  std::string server_version;
  std::string database;
  std::string user;
  std::string schema;
  bool standby = false;
  bool pooled = false;  ///< a connection pooler stands in between, such as PgBouncer
  Timestamp now = 0;
  std::string authentik;  ///< empty if it is not known
  std::string agent;
  std::vector<std::string> injected;  ///< settings that come from authentik's own process; the container's lack them
  std::string system;                 ///< identifies this database, whatever it is called; empty if it is not known
};

struct TransactionSettings {
  bool read_only = true;
  /// All statements see the same data.
  bool snapshot = false;
  int statement_timeout_ms = 0;
  int lock_timeout_ms = 0;
};

/// Takes the rows of a copy_out, as the database wrote them.
class RowSink {
 public:
  virtual ~RowSink() = default;
  /// Some whole rows (akqueue/tuple.hpp). What it throws ends the session.
  virtual void rows(std::string_view tuples) = 0;
};

/// A setting of authentik's workers, as it is in the pod.
struct ConfigValue {
  std::string value;   ///< empty if it has none
  std::string source;  ///< environment, file, configuration (a configuration file, or authentik's default)
  std::string from;    ///< the variable or the file; empty for none
};

class Session {
 public:
  /// `channel` leads to a peer that has greeted. Each answer may take `patience`.
  explicit Session(std::unique_ptr<Channel> channel, std::chrono::milliseconds patience = kPatience)
      : channel_(std::move(channel)), patience_(patience) {}
  /// The same, to a peer that was sent first_requests() before it greeted: welcome() comes first.
  Session(std::unique_ptr<Channel> channel, std::chrono::milliseconds patience, std::vector<Request> sent);
  /// The database itself limits the time of every statement; this is for a peer that vanished silently.
  static constexpr std::chrono::milliseconds kPatience = std::chrono::minutes(10);
  /// Says goodbye to a peer that still listens.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The first request: connects the peer to the database.
  DatabaseFacts hello();
  Catalog introspect(std::string_view table);

  /// Both in one: hello(), and introspect() of that table.
  static std::vector<Request> first_requests(std::string_view table);
  /// Their answers. Throws what hello() throws.
  std::pair<DatabaseFacts, Catalog> welcome();

  /// Settings of the workers, by their names (`worker.threads`), in that order. Nothing else leaves the pod.
  std::vector<ConfigValue> config(const std::vector<std::string>& names);

  /// Of functions of authentik's, by their dotted names (`authentik.core.tasks.clean_expired_models`), those that its
  /// code in the pod does not have. Where that can't be told, a function is not among them.
  std::vector<std::string> absent(const std::vector<std::string>& names);

  /// The transaction's time, from the database's clock.
  Timestamp begin(const TransactionSettings& settings);
  void commit();
  void rollback();

  /// The same of a transaction that only reads, without waiting: what is asked for next travels with it, and has its
  /// failure. `now` gets the transaction's time once something has waited, take_quiet() at the latest.
  void begin_quietly(const TransactionSettings& settings, std::shared_ptr<std::optional<Timestamp>> now);
  void rollback_quietly();
  void take_quiet();

  /// Rows one after another, in constant memory. The row is an array in the order of the statement's columns.
  using OnRow = std::function<void(const Value& row)>;
  void query(const Statement& statement, const OnRow& on_row);
  /// All rows of a statement that returns few.
  std::vector<Value> rows(const Statement& statement);
  /// How many rows it changed.
  std::int64_t execute(const Statement& statement);
  /// The rows of a statement without parameters. Returns their number. Throws Error (protocol) if their sums show that
  /// they are not what the peer sent: the transaction must not be committed then.
  std::int64_t copy_out(const std::string& sql, RowSink& sink);

  /// Copies rows into a table: begin, then whole rows (akqueue/tuple.hpp) any number of times, then end. A failure is
  /// thrown by the end; (protocol) if the peer did not get what was sent. Returns their number.
  void begin_copy_in(std::string_view table);
  void copy_rows(std::string_view tuples);
  std::int64_t end_copy_in();
  /// The end without waiting for the answer: await() takes it, and `rows` gets their number.
  void end_copy_in(std::function<void(std::int64_t)> rows);

  /// Sends requests together, behind others whose answers have not come.
  void send(std::vector<Request> requests);
  /// Takes the next `count` answers, and the quiet ones before them. If one is a failure, those behind it are read and
  /// passed over, also those that were not asked for here, before it is thrown. Every other request of the session
  /// takes all of them first, so that no failure is missed; a rollback passes over them.
  void await(std::size_t count);
  /// Requests whose answers have not come and are waited for.
  std::size_t awaited() const;

  /// Ends the session. The peer is not needed any more.
  void bye();

  /// Every statement so far, for `-v`.
  void on_statement(std::function<void(const Statement&)> listener) { on_statement_ = std::move(listener); }

 private:
  using OnLine = std::function<void(std::string_view)>;
  DatabaseFacts read_facts(const Value& reply);
  void send_request(const Value& request);
  /// The answer to one request.
  void take(const Request& request);
  Value carry_out(Request request);
  void pass_over_answers();
  void give_up_answers();
  void take_next();
  void send_quietly(Request request);
  void pass_over_behind_a_failure();
  void tell_listener(const Value& request) const;
  Value read_reply(char expected, const OnLine& on_line);
  /// What the channel has, in time.
  template <class Receive>
  std::optional<std::string_view> in_time(const Receive& receive);
  /// A null `sink`: passed over.
  void receive_frame(std::string_view head, RowSink* sink);
  void send_frame();
  void send_bytes(std::string_view bytes);
  template <class Action>
  auto guarded(const Action& action);
  Value ask(const Value& request);
  [[noreturn]] void fail_lost();

  std::unique_ptr<Channel> channel_;
  std::chrono::milliseconds patience_;
  std::function<void(const Statement&)> on_statement_;
  std::string schema_;
  std::string copying_;      ///< rows that are not sent yet
  std::int64_t frames_ = 0;  ///< of the copy in progress
  std::deque<Request> awaited_;
  bool over_ = false;
  std::optional<Error> ended_by_;  ///< thrown again by every further request
};

/// After such an error the two sides no longer agree on whose turn it is: the session is over, and it is not known
/// whether the last request was carried out.
bool ends_session(const Error& error);

template <class Action>
auto Session::guarded(const Action& action) {
  if (over_) throw ended_by_.value_or(Error(ErrorCode::lost, "the session is over"));
  try {
    return action();
  } catch (const Error& error) {
    if (ends_session(error)) {
      over_ = true;
      ended_by_ = error;
    }
    throw;
  }
}

/// A transaction that rolls back unless it is committed.
class Transaction {
 public:
  /// Of one that only reads, begin and rollback travel with what is asked for next.
  Transaction(Session& session, const TransactionSettings& settings);
  /// Begins it without waiting for the answer, which await() takes.
  static Transaction ahead(Session& session, const TransactionSettings& settings) {
    return Transaction(session, settings, Unawaited{});
  }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Not of one that was begun ahead.
  Timestamp now() const;
  void commit();
  /// Sends the COMMIT without waiting for the answer, which await() takes; `done` is called if that is a good one.
  void commit_ahead(std::function<void()> done);

 private:
  struct Unawaited {};
  Transaction(Session& session, const TransactionSettings& settings, Unawaited);

  Session& session_;
  bool only_reads_ = false;
  std::shared_ptr<std::optional<Timestamp>> now_;  ///< the answer may come when the transaction is gone
  bool open_ = true;
};

/// The integer in a row; 0 for NULL. Throws Error (protocol) for anything else.
std::int64_t integer(const Value& value);
/// The text in a row; empty for NULL.
std::string text(const Value& value);
/// The time in a row; nothing for NULL and for infinity.
std::optional<Timestamp> timestamp(const Value& value);

}  // namespace akqueue::session

// A session with the database: the client's side of docs/protocol.md. One request at a time, every answer awaited.
//
// Errors: what the peer reports comes as Error with the code of the wire (`sql` with its SQLSTATE, `connect`, …); a
// peer that ended or fell silent is `lost`; a line that makes no sense is `protocol`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "akqueue/time.hpp"
#include "session/catalog.hpp"
#include "session/channel.hpp"

namespace akqueue {

/// A value as the wire has it: null, bool, number, string, or {"b64": "…"}.
using Value = ForeignJson;

/// A statement and the values that are bound to its `$1`, `$2`, …
struct Statement {
  std::string sql;
  Value params = Value::array();

  /// Adds a value and gives the placeholder that stands for it.
  std::string bind(Value value);
};

/// What the peer says of the database when it connects.
struct DatabaseFacts {
  std::string engine;  ///< postgresql, sqlite
  std::string server_version;
  std::string database;
  std::string user;
  std::string schema;
  bool standby = false;
  Timestamp now = 0;
  std::string authentik;  ///< empty where it is not known
  std::string agent;
  std::string system;  ///< names this very database, whatever it is called; empty where it is not known
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

/// A setting of authentik's workers, as the pod has it.
struct ConfigValue {
  std::string value;   ///< empty where it has none
  std::string source;  ///< environment, file, configuration (a configuration file, or authentik's default)
  std::string from;    ///< the variable or the file; empty for none
};

class Session {
 public:
  /// `channel` leads to a peer that has greeted.
  explicit Session(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}
  /// Says goodbye to a peer that still listens.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The first request: connects the peer to the database.
  DatabaseFacts hello();
  Catalog introspect(std::string_view table);

  /// Settings of the workers, by their names (`worker.threads`); in that order. Nothing else leaves the pod.
  std::vector<ConfigValue> config(const std::vector<std::string>& names);

  /// The transaction's time, from the database's clock.
  Timestamp begin(const TransactionSettings& settings);
  void commit();
  void rollback();

  /// Rows one after another, in constant memory. The row is an array in the order of the statement's columns.
  using OnRow = std::function<void(const Value& row)>;
  void query(const Statement& statement, const OnRow& on_row);
  /// All rows of a statement that returns few.
  std::vector<Value> rows(const Statement& statement);
  /// How many rows it changed.
  std::int64_t execute(const Statement& statement);
  /// The rows of a statement without parameters. Returns their number. Throws Error (protocol) when they are not what
  /// the peer sent, by their sums: then the transaction must not be committed.
  std::int64_t copy_out(const std::string& sql, RowSink& sink);

  /// Rows into a table: begin, any number of times some whole rows (akqueue/tuple.hpp), end. What fails on the way is
  /// thrown by the end; (protocol) when the peer did not get what was sent. Returns their number.
  void begin_copy_in(std::string_view table);
  void copy_rows(std::string_view tuples);
  std::int64_t end_copy_in();

  /// Ends the session. The peer is not needed any more.
  void bye();

  /// Every statement so far, for `-v`.
  void on_statement(std::function<void(const Statement&)> listener) { on_statement_ = std::move(listener); }

 private:
  using OnLine = std::function<void(std::string_view)>;
  void send(const Value& request);
  Value ask(const Value& request, char expected, const OnLine& on_line);
  Value read_reply(char expected, const OnLine& on_line);
  void receive_frame(std::string_view head, RowSink& sink);
  void send_frame();
  void send_bytes(std::string_view bytes);
  template <class Action>
  auto guarded(const Action& action);
  Value ask(const Value& request);
  Value request_for(std::string_view op, const Statement& statement);
  [[noreturn]] void fail_lost();

  std::unique_ptr<Channel> channel_;
  std::function<void(const Statement&)> on_statement_;
  std::string schema_;
  std::string copying_;      ///< rows that are not sent yet
  std::int64_t frames_ = 0;  ///< of the copy that goes on
  bool over_ = false;
  std::optional<Error> ended_by_;  ///< whoever asks again is told the same
};

/// After such an error the two sides no longer agree on whose turn it is: the session is over, and whether a request
/// that was sent was carried out, nobody has said.
bool ends_session(const Error& error);

/// A transaction that rolls back unless it was committed.
class Transaction {
 public:
  Transaction(Session& session, const TransactionSettings& settings)
      : session_(session), now_(session.begin(settings)) {}
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Timestamp now() const { return now_; }
  void commit();

 private:
  Session& session_;
  Timestamp now_;
  bool open_ = true;
};

/// The integer in a row; 0 for NULL. Throws Error (protocol) for what is none.
std::int64_t integer(const Value& value);
/// The text in a row; empty for NULL.
std::string text(const Value& value);
/// The time in a row; nothing for NULL and the infinities.
std::optional<Timestamp> timestamp(const Value& value);

}  // namespace akqueue

#include "session/session.hpp"

#include "akqueue/checksum.hpp"
#include "akqueue/json_depth.hpp"
#include "akqueue/protocol.hpp"
#include "akqueue/time.hpp"
#include "session/connect_error.hpp"

namespace akqueue::session {
namespace {

using namespace std::chrono_literals;

// How a row of a query begins.
constexpr char kRowMark[] = {protocol::kRow, ' ', '\0'};

/// The sum of the lines so far and one more.
std::uint32_t sum_with(const char* mark, std::string_view body, std::uint32_t before) {
  return crc32_of("\n", crc32_of(body, crc32_of(mark, before)));
}

/// A field of a reply; empty if it is missing or not a text.
std::string field(const Value& reply, const char* name) {
  const auto found = reply.find(name);
  return found != reply.end() && found->is_string() ? found->get<std::string>() : std::string();
}

constexpr const char* kAfterALoss = "what was not committed is rolled back; run the command again";
constexpr const char* kAfterNonsense = "run it again with -v; if it happens again, please report it";

Error error_of(const Value& reply) {
  const ErrorCode code = error_code_named(field(reply, "code"));
  std::string message = field(reply, "message");
  std::string hint = field(reply, "hint");
  if (message.empty()) message = "no reason given";
  if (code == ErrorCode::lost) message = "the connection to the database broke: " + message;
  if (code == ErrorCode::lost && hint.empty()) hint = kAfterALoss;
  if ((code == ErrorCode::protocol || code == ErrorCode::state) && hint.empty()) hint = kAfterNonsense;
  Error error(code, message, hint);
  error.with_sqlstate(field(reply, "sqlstate"));
  error.with_detail(field(reply, "detail"));
  return explain_full_locks(error);
}

Error damaged_rows() {
  return Error(ErrorCode::protocol, "rows were damaged on the way between the plugin and its agent",
               "nothing of this batch was committed; run it again");
}

/// Rows must arrive as they were sent: what is wrong in a backup could not be restored.
void check_told(const Value& reply, const char* name, std::uint64_t number) {
  const auto told = reply.find(name);
  if (told == reply.end() || !told->is_number_unsigned() || told->get<std::uint64_t>() != number) throw damaged_rows();
}

Error not_understood(std::string_view line) {
  constexpr std::size_t kShown = 200;
  Error error(ErrorCode::protocol, "the peer sent a line that is not a reply", kAfterNonsense);
  return error.with_detail(std::string(line.substr(0, kShown)));
}

}  // namespace

std::string Statement::bind(Value value) {
  params.push_back(std::move(value));
  return "$" + std::to_string(params.size());
}

bool ends_session(const Error& error) {
  return error.code() == ErrorCode::lost || error.code() == ErrorCode::interrupted ||
         error.code() == ErrorCode::protocol;
}

Session::~Session() {
  try {
    bye();
  } catch (...) {
    // The answer does not matter any more; the peer sees the end of its input.
  }
}

void Session::fail_lost() {
  const auto ending = channel_->ending();
  Error error(ErrorCode::lost, "the session was cut: the peer ended with status " + std::to_string(ending.status),
              kAfterALoss);
  throw error.with_detail(ending.error_text);
}

void Session::send(const Value& request) {
  send_bytes(request.dump(-1, ' ', false, Value::error_handler_t::replace) + "\n");
}

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

template <class Receive>
std::optional<std::string_view> Session::in_time(const Receive& receive) {
  const auto deadline = std::chrono::steady_clock::now() + patience_;
  try {
    return receive();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::lost || std::chrono::steady_clock::now() < deadline) throw;
    throw Error(ErrorCode::lost,
                "no answer from the database, or on the way to it, for " +
                    format_age(std::chrono::duration_cast<std::chrono::seconds>(patience_).count()),
                std::string(kAfterALoss) + "; --request-timeout says how long to wait");
  }
}

Value Session::read_reply(char expected, const OnLine& on_line) {
  for (;;) {
    const auto line = in_time([&] { return channel_->receive(patience_); });
    if (!line) fail_lost();
    if (line->size() < 2 || (*line)[1] != ' ') throw not_understood(*line);
    const char tag = line->front();
    const std::string_view body = line->substr(2);
    if (tag == expected) {
      on_line(tag == protocol::kData ? *line : body);
      continue;
    }
    if (tag != protocol::kOk && tag != protocol::kFailed) throw not_understood(*line);
    const auto reply = parse_foreign<Value>(body);
    if (!reply.is_object()) throw not_understood(*line);
    if (tag == protocol::kOk) return reply;
    throw error_of(reply);
  }
}

Value Session::ask(const Value& request, char expected, const OnLine& on_line) {
  return guarded([&] {
    send(request);
    return read_reply(expected, on_line);
  });
}

Value Session::ask(const Value& request) {
  return ask(request, '\0', [](std::string_view) {});
}

Value Session::request_for(std::string_view op, const Statement& statement) {
  if (on_statement_) on_statement_(statement);
  return {{"op", op}, {"sql", statement.sql}, {"params", statement.params}};
}

DatabaseFacts Session::hello() {
  const Value reply = ask({{"op", "hello"}, {"protocol", protocol::kVersion}});
  try {
    DatabaseFacts facts;
    facts.engine = reply.at("engine").get<std::string>();
    facts.server_version = reply.at("server_version").get<std::string>();
    facts.database = reply.at("database").get<std::string>();
    facts.user = reply.at("user").get<std::string>();
    facts.schema = reply.at("schema").get<std::string>();
    facts.standby = reply.at("standby").get<bool>();
    facts.pooled = reply.value("pooled", false);
    facts.now = timestamp(reply.at("now")).value_or(0);
    facts.authentik = text(reply.at("authentik"));
    facts.agent = text(reply.at("agent"));
    facts.system = field(reply, "system");
    if (const auto injected = reply.find("injected"); injected != reply.end())
      facts.injected = injected->get<std::vector<std::string>>();
    schema_ = facts.schema;
    return facts;
  } catch (const Value::exception& wrong) {
    throw Error(ErrorCode::protocol, std::string("the peer's hello can't be read: ") + wrong.what());
  }
}

Catalog Session::introspect(std::string_view table) {
  const Value reply = ask({{"op", "introspect"}, {"table", table}});
  return read_catalog(reply, schema_);
}

std::vector<ConfigValue> Session::config(const std::vector<std::string>& names) {
  const Value reply = ask({{"op", "config"}, {"names", names}});
  std::vector<ConfigValue> values;
  const auto settings = reply.find("settings");
  if (settings != reply.end() && settings->is_array()) {
    for (const Value& one : *settings)
      values.push_back({field(one, "value"), field(one, "source"), field(one, "from")});
  }
  if (values.size() != names.size())
    throw Error(ErrorCode::protocol, "the peer did not send the settings that it was asked for", kAfterNonsense);
  return values;
}

Timestamp Session::begin(const TransactionSettings& settings) {
  const Value reply = ask({{"op", "begin"},
                           {"read_only", settings.read_only},
                           {"snapshot", settings.snapshot},
                           {"statement_timeout_ms", settings.statement_timeout_ms},
                           {"lock_timeout_ms", settings.lock_timeout_ms}});
  const auto now = reply.contains("now") ? timestamp(reply["now"]) : std::nullopt;
  if (!now) throw Error(ErrorCode::protocol, "the peer began a transaction without telling its time", kAfterNonsense);
  return *now;
}

void Session::commit() { ask({{"op", "commit"}}); }

void Session::rollback() { ask({{"op", "rollback"}}); }

void Session::query(const Statement& statement, const OnRow& on_row) {
  guarded([&] {
    std::uint32_t sum = 0;
    const Value reply = ask(request_for("query", statement), protocol::kRow, [&](std::string_view body) {
      const auto row = parse_foreign<Value>(body);
      if (!row.is_array()) throw not_understood(body);
      sum = sum_with(kRowMark, body, sum);
      on_row(row);
    });
    check_told(reply, "crc32", sum);
    return 0;
  });
}

std::vector<Value> Session::rows(const Statement& statement) {
  std::vector<Value> all;
  query(statement, [&](const Value& row) { all.push_back(row); });
  return all;
}

std::int64_t Session::execute(const Statement& statement) {
  return integer(ask(request_for("execute", statement)).value("rows", Value()));
}

std::int64_t Session::copy_out(const std::string& sql, RowSink& sink) {
  Value request = request_for("copy_out", {sql, Value::array()});
  request.erase("params");
  return guarded([&] {
    frames_ = 0;
    const Value reply = ask(request, protocol::kData, [&](std::string_view head) { receive_frame(head, sink); });
    check_told(reply, "frames", static_cast<std::uint64_t>(frames_));
    return integer(reply.value("rows", Value()));
  });
}

void Session::receive_frame(std::string_view head, RowSink& sink) {
  const auto frame = protocol::read_frame_head(head);
  if (!frame) throw not_understood(head);
  const auto rows = in_time([&] { return channel_->receive_bytes(frame->length, patience_); });
  if (!rows) fail_lost();
  if (crc32_of(*rows) != frame->sum) throw damaged_rows();
  ++frames_;
  sink.rows(*rows);
}

void Session::begin_copy_in(std::string_view table) {
  guarded([&] {
    if (on_statement_) on_statement_({"COPY " + std::string(table) + " FROM STDIN (FORMAT binary)"});
    send({{"op", "copy_in"}, {"table", table}});
    copying_.clear();
    frames_ = 0;
    return 0;
  });
}

void Session::copy_rows(std::string_view tuples) {
  copying_.append(tuples);
  if (copying_.size() >= protocol::kFrame) send_frame();
}

void Session::send_frame() {
  if (copying_.empty()) return;
  guarded([&] {
    send_bytes(protocol::frame_head(copying_) + "\n");
    send_bytes(copying_);
    copying_.clear();
    ++frames_;
    return 0;
  });
}

void Session::send_bytes(std::string_view bytes) {
  try {
    channel_->send(bytes);
  } catch (const Error& error) {
    // If the peer is gone, the way it ended says why.
    if (error.code() == ErrorCode::lost) fail_lost();
    throw;
  }
}

std::int64_t Session::end_copy_in() {
  send_frame();
  return guarded([&] {
    send_bytes(std::string(protocol::kEndOfData) + "\n");
    const Value reply = read_reply('\0', [](std::string_view) {});
    check_told(reply, "frames", static_cast<std::uint64_t>(frames_));
    return integer(reply.value("rows", Value()));
  });
}

void Session::bye() {
  if (over_) return;
  ask({{"op", "bye"}});
  over_ = true;
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    session_.rollback();
  } catch (...) {
    // The session is gone, and the transaction with it.
  }
}

void Transaction::commit() {
  open_ = false;
  session_.commit();
}

std::int64_t integer(const Value& value) {
  if (value.is_null()) return 0;
  if (!value.is_number_integer()) throw Error(ErrorCode::protocol, "expected a whole number, got " + value.dump());
  return value.get<std::int64_t>();
}

std::string text(const Value& value) {
  if (value.is_null()) return {};
  if (!value.is_string()) throw Error(ErrorCode::protocol, "expected a text, got " + value.dump());
  return value.get<std::string>();
}

std::optional<Timestamp> timestamp(const Value& value) {
  if (!value.is_string()) return std::nullopt;
  return parse_timestamp(value.get_ref<const std::string&>());
}

}  // namespace akqueue::session

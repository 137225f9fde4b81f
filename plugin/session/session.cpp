#include "session/session.hpp"

#include <algorithm>
#include <iterator>

#include "akqueue/checksum.hpp"
#include "akqueue/json_depth.hpp"
#include "akqueue/protocol.hpp"
#include "akqueue/time.hpp"
#include "session/answer_error.hpp"

namespace akqueue::session {
namespace {

using namespace std::chrono_literals;

// How a row of a query begins.
constexpr char kRowMark[] = {protocol::kRow, ' ', '\0'};

/// The sum of the lines so far and one more.
std::uint32_t sum_with(const char* mark, std::string_view body, std::uint32_t before) {
  return crc32_of("\n", crc32_of(body, crc32_of(mark, before)));
}

Value hello_body() { return {{"op", "hello"}, {"protocol", protocol::kVersion}}; }

Value introspect_body(std::string_view table) { return {{"op", "introspect"}, {"table", table}}; }

}  // namespace

Session::Session(std::unique_ptr<Channel> channel, std::chrono::milliseconds patience, std::vector<Request> sent)
    : Session(std::move(channel), patience) {
  std::ranges::move(sent, std::back_inserter(awaited_));
}

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

void Session::send_request(const Value& request) {
  send_bytes(request.dump(-1, ' ', false, Value::error_handler_t::replace) + "\n");
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

void Session::take(const Request& request) {
  const std::string op = field(request.body, "op");
  std::uint32_t sum = 0;
  frames_ = 0;
  const char expected = op == "query" ? protocol::kRow : op == "copy_out" ? protocol::kData : '\0';
  const Value reply = read_reply(expected, [&](std::string_view line) {
    if (expected == protocol::kData) return receive_frame(line, request.sink);
    sum = sum_with(kRowMark, line, sum);
    if (!request.on_row) return;
    const auto row = parse_foreign<Value>(line);
    if (!row.is_array()) throw not_understood(line);
    request.on_row(row);
  });
  if (expected == protocol::kRow) check_told(reply, "crc32", sum);
  if (expected == protocol::kData) check_told(reply, "frames", static_cast<std::uint64_t>(frames_));
  if (request.on_done) request.on_done(reply);
}

/// Rows that nobody wants any more are read to their end: what comes next must be found.
void Session::pass_over_answers() {
  while (!awaited_.empty()) {
    Request request = std::move(awaited_.front());
    awaited_.pop_front();
    request.sink = nullptr;
    request.on_row = nullptr;
    request.on_done = nullptr;
    try {
      take(request);
    } catch (const Error& error) {
      if (ends_session(error)) throw;
    }
  }
}

void Session::send(std::vector<Request> requests) {
  guarded([&] {
    std::vector<std::string> lines;
    for (const Request& request : requests) {
      tell_listener(request.body);
      lines.push_back(line_of(request));
    }
    try {
      channel_->send_lines(lines);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::lost) fail_lost();
      throw;
    }
    std::ranges::move(requests, std::back_inserter(awaited_));
    return 0;
  });
}

std::size_t Session::awaited() const {
  return static_cast<std::size_t>(std::ranges::count(awaited_, false, &Request::quiet));
}

void Session::take_next() {
  const Request request = std::move(awaited_.front());
  awaited_.pop_front();
  try {
    take(request);
  } catch (const Error& error) {
    // A transaction that can't be rolled back is gone.
    if (request.quiet && field(request.body, "op") == "rollback" && !ends_session(error)) return;
    if (!ends_session(error)) pass_over_behind_a_failure();
    throw;
  }
}

void Session::await(std::size_t count) {
  guarded([&] {
    while (count > 0 && !awaited_.empty()) {
      count -= awaited_.front().quiet ? 0 : 1;
      take_next();
    }
    return 0;
  });
}

void Session::give_up_answers() {
  guarded([&] {
    pass_over_answers();
    return 0;
  });
}

/// The failure itself is what is told, also where the peer ends after it.
void Session::pass_over_behind_a_failure() {
  try {
    pass_over_answers();
  } catch (const Error& end) {
    over_ = true;
    ended_by_ = end;
  }
}

Value Session::carry_out(Request request) {
  await(awaited());
  Value result;
  request.on_done = [&](const Value& reply) { result = reply; };
  std::vector<Request> one;
  one.push_back(std::move(request));
  send(std::move(one));
  await(1);
  return result;
}

Value Session::ask(const Value& request) {
  return carry_out({.body = request, .on_row = {}, .sink = nullptr, .on_done = {}});
}

void Session::tell_listener(const Value& request) const {
  if (!on_statement_ || !request.contains("sql")) return;
  on_statement_({field(request, "sql"), request.value("params", Value::array())});
}

DatabaseFacts Session::hello() { return read_facts(ask(hello_body())); }

DatabaseFacts Session::read_facts(const Value& reply) {
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

Catalog Session::introspect(std::string_view table) { return read_catalog(ask(introspect_body(table)), schema_); }

std::vector<Request> Session::first_requests(std::string_view table) {
  std::vector<Request> requests;
  for (Value body : {hello_body(), introspect_body(table)})
    requests.push_back({.body = std::move(body), .on_row = {}, .sink = nullptr, .on_done = {}});
  return requests;
}

std::pair<DatabaseFacts, Catalog> Session::welcome() {
  std::vector<Value> replies;
  for (Request& request : awaited_) request.on_done = [&](const Value& reply) { replies.push_back(reply); };
  await(awaited());
  const DatabaseFacts facts = read_facts(replies.at(0));
  return {facts, read_catalog(replies.at(1), schema_)};
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

std::vector<std::string> Session::absent(const std::vector<std::string>& names) {
  const Value reply = ask({{"op", "absent"}, {"names", names}});
  std::vector<std::string> absent;
  for (const Value& one : reply.value("absent", Value::array())) {
    if (one.is_string()) absent.push_back(one.get<std::string>());
  }
  return absent;
}

void Session::query(const Statement& statement, const OnRow& on_row) { carry_out(query_request(statement, on_row)); }

std::vector<Value> Session::rows(const Statement& statement) {
  std::vector<Value> all;
  query(statement, [&](const Value& row) { all.push_back(row); });
  return all;
}

std::int64_t Session::execute(const Statement& statement) {
  return integer(carry_out(execute_request(statement)).value("rows", Value()));
}

std::int64_t Session::copy_out(const std::string& sql, RowSink& sink) {
  return integer(carry_out(copy_out_request(sql, sink, {})).value("rows", Value()));
}

void Session::receive_frame(std::string_view head, RowSink* sink) {
  const auto frame = protocol::read_frame_head(head);
  if (!frame) throw not_understood(head);
  const auto rows = in_time([&] { return channel_->receive_bytes(frame->length, patience_); });
  if (!rows) fail_lost();
  if (crc32_of(*rows) != frame->sum) throw damaged_rows();
  ++frames_;
  if (sink != nullptr) sink->rows(*rows);
}

void Session::bye() {
  if (over_) return;
  if (awaited() > 0) give_up_answers();
  ask({{"op", "bye"}});
  over_ = true;
}

}  // namespace akqueue::session

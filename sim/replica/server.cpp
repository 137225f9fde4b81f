#include "replica/server.hpp"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "akqueue/checksum.hpp"
#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"
#include "akqueue/protocol.hpp"
#include "akqueue/worker_settings.hpp"
#include "replica/catalog.hpp"
#include "replica/functions.hpp"
#include "replica/request.hpp"
#include "replica/sql_text.hpp"
#include "replica/values.hpp"

namespace akqueue::sim {
namespace {

/// Longer than a writer that waits for its lock pauses before it looks again.
constexpr auto kTurn = std::chrono::milliseconds(3);

std::optional<std::chrono::milliseconds> limit(const Json& request, const char* field) {
  const auto given = optional_field<std::int64_t>(request, field, 0);
  if (given < 0) throw protocol_error(std::string("the field \"") + field + "\" must not be negative");
  return given == 0 ? std::nullopt : std::optional(std::chrono::milliseconds(given));
}

void bind_parameters(Statement& statement, const Json& params) {
  int highest = 0;
  for (int i = 1; i <= statement.parameter_count(); ++i) {
    const std::string name = statement.parameter_name(i);
    const bool numbered = name.size() > 1 && name.size() < 7 && name[0] == '$' &&
                          std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!numbered) throw sql_error("42601", "syntax error at or near \"" + name + "\"");
    const int number = std::stoi(name.substr(1));
    highest = std::max(highest, number);
    if (number < 1 || static_cast<std::size_t>(number) > params.size()) continue;
    statement.bind(i, parameter_of(ForeignJson(params[static_cast<std::size_t>(number) - 1])));
  }
  if (static_cast<std::size_t>(highest) != params.size()) {
    throw sql_error("08P01", "bind message supplies " + std::to_string(params.size()) +
                                 " parameters, but prepared statement requires " + std::to_string(highest));
  }
}

Json parameters_of(const Json& request) {
  const auto given = request.find("params");
  return given == request.end() ? Json::array() : *given;
}

Json columns_of(const Statement& statement, const std::vector<SqlKind>& seen) {
  Json columns = Json::array();
  for (int i = 0; i < statement.column_count(); ++i) {
    columns.push_back({{"name", statement.column_name(i)},
                       {"type", type_of_result(statement.declared_type(i), seen[static_cast<std::size_t>(i)])}});
  }
  return columns;
}

}  // namespace

struct ReplicaServer::Operation {
  std::string_view name;
  Json (ReplicaServer::*answer)(const Json& request, const Writer& write);
  bool before_hello = false;
};

constexpr ReplicaServer::Operation ReplicaServer::kOperations[] = {
    {"hello", &ReplicaServer::hello, true},     {"introspect", &ReplicaServer::introspect},
    {"begin", &ReplicaServer::begin},           {"query", &ReplicaServer::query},
    {"execute", &ReplicaServer::execute},       {"copy_out", &ReplicaServer::copy_out},
    {"copy_in", &ReplicaServer::copy_in, true}, {"commit", &ReplicaServer::commit},
    {"rollback", &ReplicaServer::rollback},     {"config", &ReplicaServer::config},
    {"absent", &ReplicaServer::absent},         {"bye", &ReplicaServer::bye, true},
};

ReplicaServer::ReplicaServer(Database& database, ServerFacts facts) : database_(database), facts_(std::move(facts)) {
  add_functions(database_, [this] { return transaction_now_ ? *transaction_now_ : facts_.now(); });
}

ReplicaServer::~ReplicaServer() {
  copy_in_.reset();
  try {
    end_transaction(Phase::over);
  } catch (const Error&) {
    // The connection closes next, which rolls back as well.
  }
}

bool ReplicaServer::handle(std::string_view line, const Writer& write) {
  try {
    if (copy_in_) {
      take_copied_line(line, write);
    } else {
      const Json result = dispatch(line, write);
      if (!copy_in_)
        write.line(std::string{protocol::kOk, ' '} + result.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
  } catch (const Error& error) { fail(error, write); }
  return phase_ != Phase::over;
}

bool ReplicaServer::refuse_damaged(const Writer& write) {
  const bool in_copy = copy_in_.has_value();
  fail(protocol_error(in_copy ? "a frame was damaged on the way" : "the request was damaged on the way"), write);
  if (in_copy) exit_status_ = 1;
  return !in_copy && phase_ != Phase::over;
}

Json ReplicaServer::dispatch(std::string_view line, const Writer& write) {
  if (line.size() > protocol::kMaxLine) throw protocol_error("the line is longer than 256 MiB");
  const Json request = parse_foreign<Json>(line);
  if (request.is_discarded()) throw protocol_error("the request is not JSON, or is nested too deeply");
  if (!request.is_object()) throw protocol_error("the request is not a JSON object");
  const auto op = required<std::string>(request, "op");
  const auto* operation = std::ranges::find(kOperations, op, &Operation::name);
  if (operation == std::end(kOperations)) throw protocol_error("unknown op \"" + op + "\"");
  if (phase_ == Phase::greeted && !operation->before_hello) {
    throw Error(ErrorCode::state, op + " is not allowed before hello");
  }
  return (this->*operation->answer)(request, write);
}

void ReplicaServer::fail(const Error& error, const Writer& write) {
  if (error.code() == ErrorCode::sql && phase_ == Phase::open) phase_ = Phase::failed;
  Json object = {{"code", error_kind(error.code()).name}, {"message", error.what()}};
  if (!error.sqlstate().empty()) object["sqlstate"] = error.sqlstate();
  if (!error.hint().empty()) object["hint"] = error.hint();
  write.line(std::string{protocol::kFailed, ' '} + object.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Json ReplicaServer::hello(const Json& request, const Writer&) {
  if (phase_ != Phase::greeted) throw Error(ErrorCode::state, "hello was already sent");
  const auto version = required<int>(request, "protocol");
  if (version != protocol::kVersion) {
    throw protocol_error("protocol " + std::to_string(version) + " was requested; this peer speaks " +
                         std::to_string(protocol::kVersion));
  }
  phase_ = Phase::idle;
  const std::string engine_version = database_.text_of("SELECT sqlite_version()").value_or("");
  Json facts = {{"engine", "sqlite"},      {"server_version", engine_version},     {"database", facts_.database},
                {"user", facts_.user},     {"schema", database_.schema()},         {"standby", false},
                {"pooled", facts_.pooled}, {"now", format_timestamp(facts_.now())}};
  facts["system"] = facts_.system.empty() ? Json() : Json(facts_.system);
  facts["authentik"] = facts_.authentik.empty() ? Json() : Json(facts_.authentik);
  facts["agent"] = "akqueue-sim " AKQUEUE_VERSION ", SQLite " + engine_version;
  return facts;
}

Json ReplicaServer::introspect(const Json& request, const Writer&) {
  const auto table = required<std::string>(request, "table");
  if (phase_ == Phase::failed) require_transaction();
  return sim::introspect(database_, table);
}

Json ReplicaServer::config(const Json& request, const Writer&) {
  Json settings = Json::array();
  for (const auto& name : required<std::vector<Json>>(request, "names")) {
    const WorkerSetting* const known =
        name.is_string() ? find_worker_setting(name.get_ref<const std::string&>()) : nullptr;
    if (known == nullptr) throw protocol_error("only settings of the workers can be read");
    Json one{{"name", name}, {"value", known->fallback}, {"source", "configuration"}, {"from", nullptr}};
    for (const std::string& variable : variables_of(*known)) {
      const auto given = facts_.environment.find(variable);
      if (given == facts_.environment.end()) continue;
      one["value"] = given->second;
      one["source"] = "environment";
      one["from"] = variable;
      break;
    }
    settings.push_back(std::move(one));
  }
  return {{"settings", settings}};
}

Json ReplicaServer::absent(const Json& request, const Writer&) {
  Json absent = Json::array();
  for (const auto& name : required<std::vector<Json>>(request, "names")) {
    if (!name.is_string()) throw protocol_error("names must be texts");
    if (std::ranges::find(facts_.absent, name.get_ref<const std::string&>()) != facts_.absent.end())
      absent.push_back(name);
  }
  return {{"absent", absent}};
}

Json ReplicaServer::begin(const Json& request, const Writer&) {
  if (phase_ != Phase::idle) throw Error(ErrorCode::state, "a transaction is already open");
  const bool read_only = optional_field(request, "read_only", false);
  optional_field(request, "snapshot", false);  // SQLite's transactions always see one state of the data
  const Database::Limits limits{limit(request, "statement_timeout_ms"), limit(request, "lock_timeout_ms")};
  database_.set_limits(limits);
  database_.start_statement();
  // SQLite's lock knows no queue: who begins again right behind a commit would have it for ever.
  if (!read_only && std::chrono::steady_clock::now() - let_go_ < kTurn) std::this_thread::sleep_for(kTurn);
  // In WAL mode a reader that becomes a writer can't wait for another writer, so a writer locks at once.
  database_.run(read_only ? "BEGIN" : "BEGIN IMMEDIATE");
  if (read_only) database_.run("PRAGMA query_only = ON");
  database_.integer_of("SELECT count(*) FROM sqlite_schema");  // SQLite's snapshot is taken at the first read
  transaction_now_ = facts_.now();
  phase_ = Phase::open;
  return {{"now", format_timestamp(*transaction_now_)}};
}

void ReplicaServer::require_transaction() const {
  if (phase_ == Phase::failed) {
    throw sql_error("25P02", "current transaction is aborted, commands ignored until end of transaction block");
  }
  if (phase_ != Phase::open) throw Error(ErrorCode::state, "there is no transaction");
}

Statement ReplicaServer::statement_of(const Json& request, const Json& params) {
  require_transaction();
  const auto sql = required<std::string>(request, "sql");
  if (!params.is_array()) throw protocol_error("the field \"params\" has the wrong type");
  database_.start_statement();
  Statement statement = database_.prepare(with_casts(sql));
  bind_parameters(statement, params);
  return statement;
}

Json ReplicaServer::query(const Json& request, const Writer& write) {
  Statement statement = statement_of(request, parameters_of(request));
  const int count = statement.column_count();
  std::vector<SqlKind> seen(static_cast<std::size_t>(count), SqlKind::null);
  std::int64_t rows = 0;
  std::uint32_t sum = 0;
  std::string line;
  for (; statement.step(); ++rows) {
    line = {protocol::kRow, ' ', '['};
    for (int i = 0; i < count; ++i) {
      if (i > 0) line += ',';
      append_json(line, statement, i);
      SqlKind& kind = seen[static_cast<std::size_t>(i)];
      if (kind == SqlKind::null) kind = statement.kind(i);
    }
    line += ']';
    if (line.size() > protocol::kMaxLine) throw sql_error("54000", "a row is larger than 256 MiB");
    write.line(line);
    sum = crc32_of("\n", crc32_of(line, sum));
  }
  return {{"columns", columns_of(statement, seen)}, {"rows", rows}, {"crc32", sum}};
}

Json ReplicaServer::execute(const Json& request, const Writer&) {
  Statement statement = statement_of(request, parameters_of(request));
  const std::int64_t before = database_.total_changes();
  while (statement.step()) {}
  // If this statement changes no rows, SQLite keeps the count of the previous one.
  return {{"rows", database_.total_changes() == before ? 0 : database_.changes()}};
}

Json ReplicaServer::commit(const Json&, const Writer&) {
  const bool failed = phase_ == Phase::failed;
  try {
    require_transaction();
    database_.start_statement();
    database_.run("COMMIT");
  } catch (const Error& error) {
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the connection is used again below
    const Error told = error;
    if (phase_ == Phase::open || failed) end_transaction(Phase::idle);
    throw told;
  }
  end_transaction(Phase::idle);
  let_go_ = std::chrono::steady_clock::now();
  return Json::object();
}

Json ReplicaServer::rollback(const Json&, const Writer&) {
  end_transaction(Phase::idle);
  return Json::object();
}

Json ReplicaServer::bye(const Json&, const Writer&) {
  end_transaction(Phase::over);
  return Json::object();
}

void ReplicaServer::end_transaction(Phase next) {
  database_.set_limits({});
  if (database_.in_transaction()) database_.run("ROLLBACK");
  database_.run("PRAGMA query_only = OFF");
  transaction_now_.reset();
  phase_ = next;
}

}  // namespace akqueue::sim

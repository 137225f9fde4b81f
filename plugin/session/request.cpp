#include "session/request.hpp"

#include <utility>

#include "session/session.hpp"

namespace akqueue::session {
namespace {

Request counted(Value body, std::function<void(std::int64_t)> rows) {
  Request request{.body = std::move(body), .on_row = {}, .sink = nullptr, .on_done = {}};
  if (rows)
    request.on_done = [rows = std::move(rows)](const Value& reply) { rows(integer(reply.value("rows", Value()))); };
  return request;
}

}  // namespace

std::string line_of(const Request& request) {
  return request.body.dump(-1, ' ', false, Value::error_handler_t::replace) + "\n";
}

Request begin_request(const TransactionSettings& settings) {
  return counted({{"op", "begin"},
                  {"read_only", settings.read_only},
                  {"snapshot", settings.snapshot},
                  {"statement_timeout_ms", settings.statement_timeout_ms},
                  {"lock_timeout_ms", settings.lock_timeout_ms}},
                 {});
}

Request commit_request() { return counted({{"op", "commit"}}, {}); }

Request rollback_request() { return counted({{"op", "rollback"}}, {}); }

Request query_request(const Statement& statement, std::function<void(const Value& row)> on_row) {
  Request request = counted({{"op", "query"}, {"sql", statement.sql}, {"params", statement.params}}, {});
  request.on_row = std::move(on_row);
  return request;
}

Request execute_request(const Statement& statement, std::function<void(std::int64_t)> rows) {
  return counted({{"op", "execute"}, {"sql", statement.sql}, {"params", statement.params}}, std::move(rows));
}

Request copy_out_request(const std::string& sql, RowSink& sink, std::function<void(std::int64_t)> rows) {
  Request request = counted({{"op", "copy_out"}, {"sql", sql}}, std::move(rows));
  request.sink = &sink;
  return request;
}

}  // namespace akqueue::session

// Requests of a session that can travel together: they are sent in one go, carried out in order, and their answers come
// one after another. On a long line a batch of them costs one round trip.
//
// After one that failed in a transaction the ones behind it fail as well, except a `begin` behind a `commit`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "akqueue/json.hpp"

namespace akqueue::session {

class RowSink;
struct Statement;
struct TransactionSettings;

/// One request, and what becomes of its answer.
struct Request {
  ForeignJson body;
  std::function<void(const ForeignJson& row)> on_row;     ///< of a query, one after another
  RowSink* sink = nullptr;                                ///< of a copy_out
  std::function<void(const ForeignJson& reply)> on_done;  ///< once it succeeded and its rows are known to be whole
  /// Nobody waits for its answer, which is taken on the way to the next one (Session::begin_quietly()).
  bool quiet = false;
};

/// As it goes over the line, with its end.
std::string line_of(const Request& request);

Request begin_request(const TransactionSettings& settings);
Request commit_request();
Request rollback_request();
Request query_request(const Statement& statement, std::function<void(const ForeignJson& row)> on_row);
/// `rows` gets how many rows were changed.
Request execute_request(const Statement& statement, std::function<void(std::int64_t)> rows = {});
/// `rows` gets how many there were.
Request copy_out_request(const std::string& sql, RowSink& sink, std::function<void(std::int64_t)> rows);

}  // namespace akqueue::session

// An open database, as queries of the queue need it.
#pragma once

#include "session/dialect.hpp"
#include "session/session.hpp"

namespace akqueue::session {

/// What queries go to: an open session with the task table's catalog. In a transaction.
struct Database {
  Session& session;
  const Catalog& catalog;
  const Dialect& dialect;
  /// Nobody is there who could hold a task or a worker's place: locks that are still held are stranded.
  bool workers_gone = false;
  /// Whether who holds which lock can be seen: not on a standby, nor where a pooler lends connections.
  bool locks_tell = true;

  const Table& task() const { return catalog.tables.front(); }
  /// The table of that name that references the task table; null if this release has none.
  const Table* referencing(std::string_view name) const { return catalog.find(task().schema, name); }
};

}  // namespace akqueue::session

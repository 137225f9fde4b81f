// An open database as the queue's questions need it.
#pragma once

#include "session/dialect.hpp"
#include "session/session.hpp"

namespace akqueue {

/// Where the questions go: an open session with the task table's catalog. In a transaction.
struct Database {
  Session& session;
  const Catalog& catalog;
  const Dialect& dialect;

  const Table& task() const { return catalog.tables.front(); }
  /// The table of that name that references the task table; null where this release has none.
  const Table* referencing(std::string_view name) const { return catalog.find(task().schema, name); }
};

}  // namespace akqueue

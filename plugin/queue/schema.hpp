// The task tables as this database has them, compared with the releases of authentik that this program knows.
#pragma once

#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

struct SchemaDifference {
  std::string table;
  std::string what;  ///< `column tenant_id is missing`, `index btree (a) is unknown`
};

struct SchemaReport {
  std::vector<session::Table> tables;  ///< the task table first, then what references it, then the queue's other tables
  std::vector<session::Reference> references;
  std::string release;                        ///< the nearest known: `2025.10 to 2026.2`
  std::vector<SchemaDifference> differences;  ///< from that release
};

/// Reads the catalog only.
SchemaReport read_schema(const session::Database& database);

/// What `tables` have or lack compared with a release's description (fixtures/schema/*.json, embedded at build).
std::vector<SchemaDifference> differences_from(const ForeignJson& release, const std::vector<session::Table>& tables);

}  // namespace akqueue::queue

// authentik's tenants: a task has the id of its tenant.
#pragma once

#include <string>
#include <vector>

#include "session/database.hpp"

namespace akqueue::queue {

struct Tenant {
  std::string id;
  std::string schema_name;
  std::string name;
};

/// All tenants by name; none if this release or database has no such table. In a transaction.
std::vector<Tenant> read_tenants(const session::Database& database);

}  // namespace akqueue::queue

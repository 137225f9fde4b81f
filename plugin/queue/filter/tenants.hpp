// authentik's tenants, by whose id tasks are told apart.
#pragma once

#include <string>
#include <vector>

#include "session/database.hpp"

namespace akqueue {

struct Tenant {
  std::string id;
  std::string schema_name;
  std::string name;
};

/// All tenants by name; none where this release or database has no such table. In a transaction.
std::vector<Tenant> read_tenants(const Database& database);

}  // namespace akqueue

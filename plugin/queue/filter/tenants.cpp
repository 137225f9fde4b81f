#include "queue/filter/tenants.hpp"

namespace akqueue {

std::vector<Tenant> read_tenants(const Database& database) {
  std::vector<Tenant> tenants;
  const Catalog catalog = database.session.introspect("authentik_tenants_tenant");
  if (catalog.tables.empty()) return tenants;
  database.session.query(
      {"SELECT n.tenant_uuid, n.schema_name, n.name FROM " + catalog.tables.front().quoted() + " AS n ORDER BY n.name"},
      [&](const Value& row) { tenants.push_back({text(row.at(0)), text(row.at(1)), text(row.at(2))}); });
  return tenants;
}

}  // namespace akqueue

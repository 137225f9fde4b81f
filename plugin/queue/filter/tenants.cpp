#include "queue/filter/tenants.hpp"

namespace akqueue::queue {

std::vector<Tenant> read_tenants(const session::Database& database) {
  std::vector<Tenant> tenants;
  const session::Catalog catalog = database.session.introspect("authentik_tenants_tenant");
  if (catalog.tables.empty()) return tenants;
  database.session.query(
      {"SELECT n.tenant_uuid, n.schema_name, n.name FROM " + catalog.tables.front().quoted() + " AS n ORDER BY n.name"},
      [&](const session::Value& row) {
        tenants.push_back({session::text(row.at(0)), session::text(row.at(1)), session::text(row.at(2))});
      });
  return tenants;
}

}  // namespace akqueue::queue

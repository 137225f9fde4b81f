// --tenant: whose task it is, where a site has several tenants.
#include <algorithm>

#include "queue/filter/name_resolution.hpp"
#include "queue/filter/task_condition.hpp"
#include "queue/filter/tenants.hpp"

namespace akqueue::queue {
namespace {

/// Where tenants have no table of their own: those of the tasks, by a scan.
std::vector<Tenant> tenants_of_tasks(const session::Database& database) {
  std::vector<Tenant> tenants = read_tenants(database);
  if (!tenants.empty()) return tenants;
  database.session.query({"SELECT DISTINCT t.tenant_id FROM " + database.task().quoted() + " AS t"},
                         [&](const session::Value& row) { tenants.push_back({session::text(row.at(0)), "", ""}); });
  return tenants;
}

std::string resolve_tenant(const std::string& written, const std::vector<Tenant>& tenants) {
  std::vector<std::string> meant;
  std::vector<std::string> known;
  for (const Tenant& tenant : tenants) {
    if (written == tenant.id) return tenant.id;
    const bool begun = written.size() >= kLeastBeginning && tenant.id.starts_with(written);
    if (begun || written == tenant.name || written == tenant.schema_name) meant.push_back(tenant.id);
    known.push_back(tenant.name.empty() ? tenant.id : tenant.name);
  }
  if (meant.size() == 1) return meant.front();
  if (meant.size() > 1)
    throw Error(ErrorCode::usage, "'" + written + "' could be any of the tenants " + some_names(meant),
                "give the whole id");
  const auto near = nearest(written, known);
  throw Error(ErrorCode::usage, "no tenant '" + written + "'",
              near ? "did you mean " + *near + "?" : what_there_is(known));
}

void resolve_tenant_ids(const session::Database& database, const TaskChoice& choice, TaskFilter& filter) {
  if (!database.task().has("tenant_id"))
    throw Error(ErrorCode::unsupported, "tasks have no tenants in this release of authentik", "leave out --tenant");
  const std::vector<Tenant> tenants = tenants_of_tasks(database);
  for (const std::string& written : choice.tenants) filter.tenants.push_back(resolve_tenant(written, tenants));
}

/// A file has only their ids.
bool is_of_tenant(const TaskChoice& choice, const FileScope& scope) {
  return std::ranges::any_of(choice.tenants, [&](const std::string& beginning) {
    return scope.task.tenant.starts_with(lower_case(beginning));
  });
}

}  // namespace

TaskCondition tenant_condition() {
  return {
      .option = {"tenant", 0, "TENANT", "only tasks of this tenant, by name or id", true},
      .place = Place::tenants,
      .read = [](const Options& options, TaskChoice& choice) { choice.tenants = options.each("tenant"); },
      .typed = [](const TaskChoice& choice) { return !choice.tenants.empty(); },
      .resolve = resolve_tenant_ids,
      .given = [](const TaskFilter& filter) { return !filter.tenants.empty(); },
      .words = [](const TaskFilter& filter) { return " of tenant " + listed_words(filter.tenants, "or"); },
      .document = [](const TaskFilter& filter, Json& document) { document["tenants"] = filter.tenants; },
      .sql =
          [](const SqlScope& scope) {
            scope.require("tenant_id", "--tenant");
            return any_of(scope.statement, scope.alias, "tenant_id", scope.selection.filter.tenants);
          },
      .holds = is_of_tenant,
  };
}

}  // namespace akqueue::queue

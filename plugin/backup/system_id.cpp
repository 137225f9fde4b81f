#include "backup/system_id.hpp"

#include <cstdint>
#include <cstdio>

#include "akqueue/error.hpp"

namespace akqueue::backup {
namespace {

constexpr std::string_view kFingerprintMark = "tenants:";
constexpr session::TransactionSettings kAsking{
    .read_only = true, .statement_timeout_ms = 10'000, .lock_timeout_ms = 2'000};

/// FNV-1a: nobody forges these, and equal ones only have to be unlikely.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

/// The first value of the first row of `SELECT expression FROM table AS t more`. Empty if there is none, no such table,
/// or it may not be read: such a refusal ends a transaction, so each question has its own.
std::string ask(session::Session& session, std::string_view table, session::Statement statement,
                const std::string& expression, const std::string& more) {
  try {
    const session::Transaction transaction(session, kAsking);
    const session::Catalog catalog = session.introspect(table);
    if (catalog.tables.empty()) return {};
    statement.sql = "SELECT " + expression + " FROM " + catalog.tables.front().quoted() + " AS t" + more;
    const auto rows = session.rows(statement);
    return rows.empty() ? std::string() : session::text(rows.front().at(0));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::sql) throw;
    return {};
  }
}

}  // namespace

std::string fingerprint(session::Session& session, std::string_view schema) {
  session::Statement own;
  const std::string place = own.bind(std::string(schema));
  const std::string tenant =
      ask(session, "authentik_tenants_tenant", std::move(own), "t.tenant_uuid", " WHERE t.schema_name = " + place);
  const std::string migrated = ask(session, "django_migrations", {}, "min(t.applied)", "");
  if (tenant.empty() && migrated.empty()) return {};
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash_of(tenant + "\n" + migrated)));
  return std::string(kFingerprintMark) + digits;
}

bool another_system(std::string_view one, std::string_view other) {
  return !one.empty() && !other.empty() && one.starts_with(kFingerprintMark) == other.starts_with(kFingerprintMark) &&
         one != other;
}

}  // namespace akqueue::backup

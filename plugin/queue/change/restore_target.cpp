#include "queue/change/restore_target.hpp"

#include "akqueue/words.hpp"

#include <algorithm>
#include <set>

namespace akqueue::queue {
namespace {

void check_columns(const backup::KeptTable& backed_up, const session::Table& target, bool drop_columns) {
  std::vector<std::string> lacking;
  std::vector<std::string> needed;
  for (const backup::KeptColumn& column : backed_up.columns) {
    if (!target.has(column.name)) lacking.push_back(column.name);
  }
  for (const session::Column& column : target.columns) {
    if (!column.nullable && !column.has_default && backed_up.find(column.name) == nullptr)
      needed.push_back(column.name);
  }
  if (!lacking.empty() && !drop_columns) {
    throw Error(ErrorCode::unsupported, target.name + " has no column " + joined(lacking) + ", which the backup has",
                "--drop-columns restores the rows without that column");
  }
  if (!needed.empty()) {
    throw Error(ErrorCode::unsupported,
                target.name + " needs a value in " + joined(needed) + ", which the backup does not have",
                "restore it into the release of authentik that it came from");
  }
}

[[noreturn]] void refuse_unknown(const std::string& what, const std::string& first) {
  throw Error(ErrorCode::refused, "the backup has tasks of " + what + " " + first + ", which this site does not have",
              "is this the site that the backup came from?");
}

/// The values in `column` of `table`, as texts; none if there is no such table.
std::optional<std::set<std::string>> values_of(const session::Database& database, const char* table,
                                               const char* column) {
  const session::Catalog catalog = database.session.introspect(table);
  if (catalog.tables.empty()) return std::nullopt;
  std::set<std::string> values;
  database.session.query(
      {std::string("SELECT CAST(k.") + column + " AS text) FROM " + catalog.tables.front().quoted() + " AS k"},
      [&](const session::Value& row) { values.insert(session::text(row.at(0))); });
  return values;
}

void check_known(const session::Database& database, const char* table, const char* column,
                 const std::set<std::string>& wanted, const std::string& what) {
  if (wanted.empty()) return;
  const auto known = values_of(database, table, column);
  if (!known) return;
  for (const std::string& one : wanted) {
    if (!known->contains(one)) refuse_unknown(what, one);
  }
}

}  // namespace

const session::Table* target_of(const session::Database& database, const backup::BackupHeader& header,
                                const backup::KeptTable& backed_up) {
  const std::string& schema =
      backed_up.schema == header.tables.front().schema ? database.task().schema : backed_up.schema;
  return database.catalog.find(schema, backed_up.name);
}

std::vector<session::Column> common_columns(const backup::KeptTable& backed_up, const session::Table& target) {
  std::vector<session::Column> columns;
  for (const session::Column& column : target.columns) {
    if (!column.generated && backed_up.find(column.name) != nullptr) columns.push_back(column);
  }
  return columns;
}

void check_target(const session::Database& database, const backup::BackupContents& contents, bool drop_columns) {
  for (const backup::KeptTable& table : contents.header.tables) {
    const session::Table* target = target_of(database, contents.header, table);
    if (target == nullptr) {
      throw Error(ErrorCode::unsupported, "the backup has rows of " + table.name + ", and this site has no such table",
                  "restore it into the release of authentik that it came from");
    }
    check_columns(table, *target, drop_columns);
  }
  std::set<std::string> types;
  for (const std::int64_t type : contents.content_types) types.insert(std::to_string(type));
  if (database.task().has("tenant_id"))
    check_known(database, "authentik_tenants_tenant", "tenant_uuid", contents.tenants, "the tenant");
  check_known(database, "django_content_type", "id", types, "the content type");
}

}  // namespace akqueue::queue

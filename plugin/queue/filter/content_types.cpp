#include "queue/filter/content_types.hpp"

#include <algorithm>

namespace akqueue {

std::vector<Kind> read_kinds(const Database& database) {
  std::vector<Kind> kinds;
  const Catalog catalog = database.session.introspect("django_content_type");
  if (catalog.tables.empty()) return kinds;
  database.session.query(
      {"SELECT c.id, c.app_label, c.model FROM " + catalog.tables.front().quoted() +
       " AS c ORDER BY c.app_label, c.model"},
      [&](const Value& row) { kinds.push_back({integer(row.at(0)), text(row.at(1)), text(row.at(2))}); });
  return kinds;
}

std::string object_name(const std::vector<Kind>& kinds, const Value& content_type, const std::string& object_id) {
  if (content_type.is_null()) return object_id;
  const std::int64_t type = integer(content_type);
  const auto kind = std::ranges::find(kinds, type, &Kind::id);
  return (kind == kinds.end() ? std::to_string(type) : kind->name()) + "/" + object_id;
}

}  // namespace akqueue

#include "queue/filter/content_types.hpp"

#include <algorithm>

namespace akqueue::queue {

std::vector<Kind> read_kinds(const session::Database& database) {
  std::vector<Kind> kinds;
  const session::Catalog catalog = database.session.introspect("django_content_type");
  if (catalog.tables.empty()) return kinds;
  database.session.query(
      {"SELECT c.id, c.app_label, c.model FROM " + catalog.tables.front().quoted() +
       " AS c ORDER BY c.app_label, c.model"},
      [&](const session::Value& row) {
        kinds.push_back({session::integer(row.at(0)), session::text(row.at(1)), session::text(row.at(2))});
      });
  return kinds;
}

std::string object_name(const std::vector<Kind>& kinds, const session::Value& content_type,
                        const std::string& object_id) {
  if (content_type.is_null()) return object_id;
  const std::int64_t type = session::integer(content_type);
  const auto kind = std::ranges::find(kinds, type, &Kind::id);
  return (kind == kinds.end() ? std::to_string(type) : kind->name()) + "/" + object_id;
}

}  // namespace akqueue::queue

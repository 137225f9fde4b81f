#include "session/portable_type.hpp"

#include <algorithm>
#include <iterator>

namespace akqueue::session {
namespace {

struct Named {
  std::string_view name;
  PortableKind kind;
};
constexpr Named kPortableTypes[] = {
    {"uuid", PortableKind::uuid},
    {"text", PortableKind::text},
    {"character varying", PortableKind::text},
    {"bytea", PortableKind::bytea},
    {"smallint", PortableKind::smallint},
    {"integer", PortableKind::integer},
    {"bigint", PortableKind::bigint},
    {"real", PortableKind::real},
    {"double precision", PortableKind::double_precision},
    {"boolean", PortableKind::boolean},
    {"timestamp with time zone", PortableKind::timestamptz},
    {"date", PortableKind::date},
    {"jsonb", PortableKind::jsonb},
    {"numeric", PortableKind::numeric},
};

/// Without the length or the precision in brackets: `timestamp(3) with time zone`.
std::string without_precision(std::string_view type) {
  const auto open = type.find('(');
  const auto close = type.find(')', open);
  if (open == std::string_view::npos || close == std::string_view::npos) return std::string(type);
  return std::string(type.substr(0, open)) + std::string(type.substr(close + 1));
}

}  // namespace

std::string PortableType::name() const { return std::string(element) + (array ? "[]" : ""); }

std::optional<PortableType> portable_type(std::string_view type) {
  const bool array = type.ends_with("[]");
  if (array) type.remove_suffix(2);
  const std::string name = without_precision(type);
  const auto* named = std::ranges::find(kPortableTypes, name, &Named::name);
  if (named == std::end(kPortableTypes)) return std::nullopt;
  return PortableType{named->kind, array, named->name};
}

}  // namespace akqueue::session

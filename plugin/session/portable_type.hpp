// Types whose binary form is the same on every PostgreSQL: a backup keeps them as in COPY's binary format, and all
// others as text. Source: PostgreSQL's send and receive functions, unchanged since 10 for these.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace akqueue::session {

enum class PortableKind {
  uuid,
  text,
  bytea,
  smallint,
  integer,
  bigint,
  real,
  double_precision,
  boolean,
  timestamptz,
  date,
  jsonb,
  numeric
};

struct PortableType {
  PortableKind kind = PortableKind::text;
  bool array = false;
  std::string_view element = {};  ///< the type's name, or that of an array's elements; without length or precision

  /// As a column of a table may be declared: `uuid`, `character varying[]`.
  std::string name() const;
};

/// The portable type that format_type() prints as `type` (`character varying(255)`, `timestamp with time zone[]`);
/// nothing for any other.
std::optional<PortableType> portable_type(std::string_view type);

}  // namespace akqueue::session

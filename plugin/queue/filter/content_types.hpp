// Kinds of objects that tasks are about, as Django numbers them (django_content_type).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "session/database.hpp"

namespace akqueue::queue {

struct Kind {
  std::int64_t id = 0;
  std::string app_label;
  std::string model;

  /// `authentik_outposts.outpost`.
  std::string name() const { return app_label + "." + model; }
};

/// All kinds by name; none if the database has no such table. In a transaction.
std::vector<Kind> read_kinds(const session::Database& database);

/// `authentik_outposts.outpost/ID`; `12/ID` for a kind that is not among them, empty if the task is about nothing.
std::string object_name(const std::vector<Kind>& kinds, const session::Value& content_type,
                        const std::string& object_id);

}  // namespace akqueue::queue

// The cluster's objects as the API server keeps them: by kind, namespace and name, each change with a new
// resourceVersion. Stored in the world's table sim_object; the count of changes is the fact `revision`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"
#include "replica/database.hpp"

namespace akqueue::sim {

using ClusterObject = Json;

class ObjectStore {
 public:
  explicit ObjectStore(Database& database) : database_(database) {}

  /// By namespace and name. An empty namespace means all.
  std::vector<ClusterObject> list(std::string_view kind, std::string_view name_space);
  std::optional<ClusterObject> find(std::string_view kind, std::string_view name_space, std::string_view name);
  /// By `namespace/name`, as from key_of().
  std::optional<ClusterObject> find_key(std::string_view kind, std::string_view key);
  /// Writes the object, new or changed, and sets its resourceVersion.
  void put(ClusterObject& object);
  void remove(const ClusterObject& object);
  /// How many changes there were. Grows with each.
  std::int64_t revision();

 private:
  std::int64_t next_revision();
  Database& database_;
};

/// `namespace/name`: identifies an object among those of its kind.
std::string key_of(const ClusterObject& object);
/// The key of its owner, in the same namespace; empty if it has none.
std::string owner_key_of(const ClusterObject& object);
std::string namespace_of(const ClusterObject& object);
/// metadata.name, and a label (empty if there is none).
std::string name_of(const ClusterObject& object);
std::string label_of(const ClusterObject& object, const std::string& label);
/// The name of the object's owner; empty if it has none.
std::string owner_of(const ClusterObject& object);
/// An ownerReferences with only this owner.
ClusterObject owned_by(const ClusterObject& owner);

}  // namespace akqueue::sim

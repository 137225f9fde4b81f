#include "world/store.hpp"

#include "akqueue/error.hpp"
#include "akqueue/json_depth.hpp"

namespace akqueue::sim {
namespace {

/// A world is a file: somebody may have changed it.
ClusterObject object_of(std::string_view json) {
  auto object = parse_foreign<ClusterObject>(json);
  if (!object.is_object())
    throw Error(ErrorCode::damaged, "the world has an object that can't be read",
                "akqueue-sim create makes a new world");
  return object;
}

}  // namespace

std::vector<ClusterObject> ObjectStore::list(std::string_view kind, std::string_view name_space) {
  std::vector<ClusterObject> objects;
  Statement rows = database_.prepare(
      "SELECT json FROM sim_object WHERE kind = ?1 AND (?2 = '' OR namespace = ?2) ORDER BY namespace, name");
  rows.bind_text(1, kind).bind_text(2, name_space);
  while (rows.step()) objects.push_back(object_of(rows.text(0)));
  return objects;
}

std::optional<ClusterObject> ObjectStore::find(std::string_view kind, std::string_view name_space,
                                               std::string_view name) {
  Statement row = database_.prepare("SELECT json FROM sim_object WHERE kind = ?1 AND namespace = ?2 AND name = ?3");
  row.bind_text(1, kind).bind_text(2, name_space).bind_text(3, name);
  if (!row.step()) return std::nullopt;
  return object_of(row.text(0));
}

std::optional<ClusterObject> ObjectStore::find_key(std::string_view kind, std::string_view key) {
  const auto slash = key.find('/');
  return slash == std::string_view::npos ? std::nullopt : find(kind, key.substr(0, slash), key.substr(slash + 1));
}

std::int64_t ObjectStore::revision() {
  return database_.integer_of("SELECT CAST(value AS INTEGER) FROM sim_world WHERE key = 'revision'");
}

std::int64_t ObjectStore::next_revision() {
  database_.run(
      "INSERT INTO sim_world VALUES ('revision', '1') ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS "
      "INTEGER) + 1 AS TEXT)");
  return revision();
}

void ObjectStore::put(ClusterObject& object) {
  object["metadata"]["resourceVersion"] = std::to_string(1000 + next_revision());
  const std::string kind = object.at("kind");
  const std::string name_space = namespace_of(object);
  const std::string name = name_of(object);
  const std::string json = object.dump();
  Statement write = database_.prepare(
      "INSERT INTO sim_object VALUES (?1, ?2, ?3, ?4) ON CONFLICT (kind, namespace, name) DO UPDATE SET json = "
      "excluded.json");
  write.bind_text(1, kind).bind_text(2, name_space).bind_text(3, name).bind_text(4, json).run();
}

void ObjectStore::remove(const ClusterObject& object) {
  const std::string kind = object.at("kind");
  const std::string name_space = namespace_of(object);
  const std::string name = name_of(object);
  Statement erase = database_.prepare("DELETE FROM sim_object WHERE kind = ?1 AND namespace = ?2 AND name = ?3");
  erase.bind_text(1, kind).bind_text(2, name_space).bind_text(3, name).run();
}

std::string namespace_of(const ClusterObject& object) {
  return object.at("metadata").value("namespace", std::string());
}

std::string key_of(const ClusterObject& object) { return namespace_of(object) + "/" + name_of(object); }

std::string owner_key_of(const ClusterObject& object) {
  const std::string owner = owner_of(object);
  return owner.empty() ? owner : namespace_of(object) + "/" + owner;
}

std::string name_of(const ClusterObject& object) { return object.at("metadata").at("name"); }

std::string label_of(const ClusterObject& object, const std::string& label) {
  const ClusterObject& metadata = object.at("metadata");
  const auto labels = metadata.find("labels");
  return labels == metadata.end() ? std::string() : labels->value(label, std::string());
}

std::string owner_of(const ClusterObject& object) {
  const ClusterObject& metadata = object.at("metadata");
  const auto owners = metadata.find("ownerReferences");
  return owners == metadata.end() || owners->empty() ? std::string() : owners->front().at("name").get<std::string>();
}

ClusterObject owned_by(const ClusterObject& owner) {
  return ClusterObject::array({{{"apiVersion", owner.at("apiVersion")},
                                {"blockOwnerDeletion", true},
                                {"controller", true},
                                {"kind", owner.at("kind")},
                                {"name", name_of(owner)},
                                {"uid", owner.at("metadata").at("uid")}}});
}

}  // namespace akqueue::sim

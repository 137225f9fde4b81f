#include "cluster/drain_note.hpp"

#include "akqueue/json_depth.hpp"
#include "cluster/foreign_json.hpp"

namespace akqueue::cluster {
namespace {

constexpr int kVersion = 1;

}  // namespace

Json DrainNote::to_json() const {
  return {{"version", kVersion}, {"replicas", replicas}, {"by", by},          {"at", at},
          {"reason", reason},    {"deletion", deletion}, {"deleted", deleted}};
}

std::optional<DrainNote> drain_note_of(const Deployment& deployment) {
  const auto found = deployment.annotations.find(kDrainAnnotation);
  if (found == deployment.annotations.end()) return std::nullopt;
  const auto json = parse_foreign<ForeignJson>(found->second);
  const auto& replicas = foreign::at(json, {"replicas"});
  if (foreign::number(json, {"version"}) != kVersion || !replicas.is_number_integer() ||
      foreign::number(json, {"replicas"}) < 0) {
    throw Error(ErrorCode::unsupported,
                "deployment/" + deployment.name + " has an annotation " + kDrainAnnotation +
                    " that this version does not understand",
                "a newer version may have written it; kubectl describe deployment " + deployment.name + " -n " +
                    deployment.name_space + " shows it");
  }
  DrainNote note{foreign::number(json, {"replicas"}), foreign::text(json, {"by"}), foreign::text(json, {"at"}),
                 foreign::text(json, {"reason"})};
  for (const auto& word : foreign::at(json, {"deletion"})) {
    if (word.is_string()) note.deletion.push_back(word.get<std::string>());
  }
  note.deleted = foreign::at(json, {"deleted"}) == true;
  return note;
}

}  // namespace akqueue::cluster

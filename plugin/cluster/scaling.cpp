#include "cluster/scaling.hpp"

#include "akqueue/json.hpp"

namespace akqueue::cluster {
namespace {

constexpr const char* kReplicas = "/spec/replicas";
constexpr const char* kNote = "/metadata/annotations/kubectl-akqueue~1drain";  // ~1 is a slash in a JSON pointer

Json test(const char* path, const Json& value) { return {{"op", "test"}, {"path", path}, {"value", value}}; }
Json replace(const char* path, const Json& value) { return {{"op", "replace"}, {"path", path}, {"value", value}}; }
Json remove_note() { return {{"op", "remove"}, {"path", kNote}}; }

/// Adds the note, testing that there is no other: two drains can't both begin. Without any annotations, the annotations
/// themselves have to be added.
Json add_note(const Deployment& deployment, const DrainNote& note) {
  constexpr const char* kAnnotations = "/metadata/annotations";
  if (deployment.annotations.empty()) {
    return Json::array({test(kAnnotations, nullptr),
                        {{"op", "add"}, {"path", kAnnotations}, {"value", {{kDrainAnnotation, note.to_text()}}}}});
  }
  return Json::array({test(kNote, nullptr), {{"op", "add"}, {"path", kNote}, {"value", note.to_text()}}});
}

/// How the API server says that a test of the patch failed; all kubectls since 1.20 begin with these words (seen on a
/// real one). A value that is not allowed reads `The Deployment "x" is invalid: …`.
bool is_refusal_of_patch(const system::Finished& finished) {
  return finished.error_text.starts_with("The request is invalid");
}

bool patch(Kubectl& kubectl, const Deployment& deployment, const Json& operations, const std::string& doing) {
  const system::Finished finished =
      kubectl.run({"patch", "deployment/" + deployment.name, "--type=json", "--patch", operations.dump()});
  if (finished.status.ok()) return true;
  if (is_refusal_of_patch(finished)) return false;
  throw kubectl_error(finished, doing);
}

}  // namespace

bool scale_down(Kubectl& kubectl, const Deployment& deployment, const DrainNote& note) {
  Json operations = add_note(deployment, note);
  operations.insert(operations.begin(), test(kReplicas, deployment.replicas));
  operations.push_back(replace(kReplicas, 0));
  return patch(kubectl, deployment, operations, "scale deployment/" + deployment.name + " to 0");
}

bool scale_down_again(Kubectl& kubectl, const Deployment& deployment, const DrainNote& note) {
  return patch(kubectl, deployment,
               Json::array({test(kReplicas, deployment.replicas), test(kNote, note.to_text()), replace(kReplicas, 0)}),
               "scale deployment/" + deployment.name + " to 0");
}

bool note_deleted(Kubectl& kubectl, const Deployment& deployment, DrainNote& note) {
  const std::string before = note.to_text();
  note.deleted = true;
  return patch(kubectl, deployment, Json::array({test(kNote, before), replace(kNote, note.to_text())}),
               "note the finished deletion on deployment/" + deployment.name);
}

bool scale_back(Kubectl& kubectl, const Deployment& deployment, int replicas) {
  Json operations = Json::array({test(kReplicas, 0), replace(kReplicas, replicas)});
  if (const auto note = deployment.annotations.find(kDrainAnnotation); note != deployment.annotations.end()) {
    operations.push_back(test(kNote, note->second));
    operations.push_back(remove_note());
  }
  return patch(kubectl, deployment, operations,
               "scale deployment/" + deployment.name + " to " + std::to_string(replicas));
}

bool forget_drain(Kubectl& kubectl, const Deployment& deployment) {
  return patch(kubectl, deployment,
               Json::array({test(kNote, deployment.annotations.at(kDrainAnnotation)), remove_note()}),
               "remove the drain's note from deployment/" + deployment.name);
}

}  // namespace akqueue::cluster

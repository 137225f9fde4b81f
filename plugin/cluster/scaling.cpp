#include "cluster/scaling.hpp"

namespace akqueue {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kReplicas = "/spec/replicas";
constexpr const char* kNote = "/metadata/annotations/kubectl-akqueue~1drain";  // ~1 is a slash in a JSON pointer

Json test(const char* path, const Json& value) { return {{"op", "test"}, {"path", path}, {"value", value}}; }
Json replace(const char* path, const Json& value) { return {{"op", "replace"}, {"path", path}, {"value", value}}; }
Json remove_note() { return {{"op", "remove"}, {"path", kNote}}; }

Json add_note(const Deployment& deployment, const DrainNote& note) {
  if (deployment.annotations.empty()) return {{"op", "add"}, {"path", "/metadata/annotations"}, {"value", {{kDrainAnnotation, note.to_text()}}}};
  return {{"op", "add"}, {"path", kNote}, {"value", note.to_text()}};
}

/// How the API server says that a test of the patch did not hold, or that what it removes is not there.
bool is_refusal_of_patch(const Finished& finished) {
  return finished.error_text.find("The request is invalid") != std::string::npos || finished.error_text.find("(Invalid)") != std::string::npos ||
         finished.error_text.find("is invalid:") != std::string::npos;
}

bool patch(Kubectl& kubectl, const Deployment& deployment, const Json& operations, const std::string& doing) {
  const Finished finished = kubectl.run({"patch", "deployment/" + deployment.name, "--type=json", "--patch", operations.dump()});
  if (finished.status.ok()) return true;
  if (is_refusal_of_patch(finished)) return false;
  throw kubectl_error(finished, doing);
}

}  // namespace

bool scale_down(Kubectl& kubectl, const Deployment& deployment, const DrainNote& note) {
  return patch(kubectl, deployment, {test(kReplicas, deployment.replicas), add_note(deployment, note), replace(kReplicas, 0)},
               "scale deployment/" + deployment.name + " to 0");
}

bool note_deleted(Kubectl& kubectl, const Deployment& deployment, DrainNote& note) {
  const std::string before = note.to_text();
  note.deleted = true;
  return patch(kubectl, deployment, {test(kNote, before), replace(kNote, note.to_text())}, "note on deployment/" + deployment.name + " that the deletion is done");
}

bool scale_back(Kubectl& kubectl, const Deployment& deployment, int replicas) {
  return patch(kubectl, deployment, {test(kReplicas, 0), replace(kReplicas, replicas), remove_note()},
               "scale deployment/" + deployment.name + " to " + std::to_string(replicas));
}

void forget_drain(Kubectl& kubectl, const Deployment& deployment) {
  // Without its note there is nothing to forget.
  [[maybe_unused]] const bool was_there = patch(kubectl, deployment, {remove_note()}, "remove the drain's note from deployment/" + deployment.name);
}

}  // namespace akqueue

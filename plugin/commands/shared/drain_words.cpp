#include "commands/shared/drain_words.hpp"

namespace akqueue::commands {

std::optional<cluster::DrainNote> readable_note(const cluster::Deployment& deployment) {
  try {
    return cluster::drain_note_of(deployment);
  } catch (const Error&) { return std::nullopt; }
}

ui::Text unfinished_drains(const cluster::Inventory& site) {
  ui::Text lines;
  for (const cluster::Deployment& deployment : site.deployments) {
    if (!deployment.annotations.contains(cluster::kDrainAnnotation)) continue;
    lines += ui::format_text("Drain     unfinished: deployment/{} is at {}", deployment.name, deployment.replicas);
    if (const auto note = readable_note(deployment)) {
      lines += ui::format_text(", was {}; begun by {} at {}Z{}", note->replicas, note->by, note->at.substr(0, 19),
                               note->deleted ? ", its deletion is done" : "");
    }
    lines += "\n          kubectl akqueue drain --resume finishes it, drain --cancel scales back\n";
  }
  return lines;
}

Json json_of_drains(const cluster::Inventory& site) {
  Json list = Json::array();
  for (const cluster::Deployment& deployment : site.deployments) {
    if (!deployment.annotations.contains(cluster::kDrainAnnotation)) continue;
    const auto note = readable_note(deployment);
    list.push_back({{"deployment", deployment.name},
                    {"replicas", deployment.replicas},
                    {"note", note ? note->to_json() : Json()}});
  }
  return list;
}

}  // namespace akqueue::commands

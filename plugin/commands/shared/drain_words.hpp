// What is said of a drain that nobody has finished: the workers are down, and that explains the rest.
#pragma once

#include <optional>

#include "akqueue/json.hpp"
#include "cluster/drain_note.hpp"
#include "cluster/inventory.hpp"
#include "ui/text.hpp"

namespace akqueue::commands {

/// Its note on the deployment. Nothing without one, and for one that a newer version may have written.
std::optional<cluster::DrainNote> readable_note(const cluster::Deployment& deployment);

/// Two lines for each deployment that has such a note; empty where none has.
ui::Text unfinished_drains(const cluster::Inventory& site);

/// The same as JSON: a list of `deployment`, `replicas` and the note, null where it can't be read.
Json json_of_drains(const cluster::Inventory& site);

}  // namespace akqueue::commands

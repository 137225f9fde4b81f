// Which schedules a person means.
#pragma once

#include <string>
#include <vector>

#include "queue/schedules.hpp"

namespace akqueue::queue {

/// Those of `known` that are meant: by the actor (its whole name, its end, a glob of either), by the uid, by
/// `ACTOR:UID`, or by an id or its beginning. In the order of `known`, each once. Throws Error (usage) for what names
/// none, with the nearest, and for an end of a name that several actors have.
std::vector<Schedule> schedules_meant(const std::vector<std::string>& written, const std::vector<Schedule>& known);

}  // namespace akqueue::queue

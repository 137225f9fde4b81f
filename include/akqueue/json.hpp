// The two kinds of JSON document of this project.
#pragma once

#include <nlohmann/json.hpp>

namespace akqueue {

/// What we write, or read back of our own: members stay in the order in which they were added.
using Json = nlohmann::ordered_json;
/// What others wrote and we only read: members are found by name, whatever their order.
using ForeignJson = nlohmann::json;

}  // namespace akqueue

// The two kinds of JSON document of this project.
#pragma once

#include <nlohmann/json.hpp>

namespace akqueue {

/// What we write, or read back of our own: members stay in the order in which they were put.
using Json = nlohmann::ordered_json;
/// What others wrote and is only looked into: members are found by name, in whatever order they came.
using ForeignJson = nlohmann::json;

}  // namespace akqueue

// JSON documents as they are printed.
#pragma once

#include <string>

#include "akqueue/json.hpp"

namespace akqueue {

/// In one line, or indented. On a terminal and everywhere else the same: what a terminal would act on or not show is
/// escaped (visible_json()), and bytes that are no UTF-8 are U+FFFD.
std::string compact_json(const Json& document);
std::string indented_json(const Json& document);

}  // namespace akqueue

// A JSON document as YAML, as kubectl prints one.
#pragma once

#include "akqueue/json.hpp"
#include "ui/text.hpp"

namespace akqueue::ui {

/// Block style, two blanks a level. A string stands without quotes only where readers of YAML 1.1 and 1.2 alike take it
/// for itself; in double quotes all that can't be seen is escaped, and bytes that are not UTF-8 are U+FFFD.
Text yaml(const Json& document);

}  // namespace akqueue::ui

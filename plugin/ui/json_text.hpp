// JSON documents as they are printed.
#pragma once

#include "akqueue/json.hpp"
#include "ui/text.hpp"

namespace akqueue::ui {

/// In one line, or indented. On a terminal and everywhere else the same: what a terminal would act on or not show is
/// escaped (Text::json()), and bytes that are not UTF-8 are U+FFFD.
Text compact_json(const Json& document);
Text indented_json(const Json& document);

}  // namespace akqueue::ui

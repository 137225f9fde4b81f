// Lines of comma-separated values.
#pragma once

#include <vector>

#include "ui/text.hpp"

namespace akqueue::ui {

/// One line, quoted as RFC 4180 says and ended with LF, as psql does. `<none>` is an empty value, and a number loses
/// the separators of its thousands.
Text csv_line(const std::vector<Text>& cells);

}  // namespace akqueue::ui

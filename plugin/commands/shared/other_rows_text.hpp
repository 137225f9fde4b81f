// Tasks and what belongs to them, in words.
#pragma once

#include <string>

#include "backup/other_rows.hpp"

namespace akqueue::commands {

/// `12 tasks and 30 log rows`, `12 tasks, 30 log rows and 4 dependencies`.
std::string tasks_and_rows(std::int64_t tasks, const backup::OtherRows& rows);

}  // namespace akqueue::commands

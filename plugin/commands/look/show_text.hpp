// One task for a person: why it failed, its columns, its message, what references it. Its log is in show_log.hpp.
#pragma once

#include "commands/look/shown_task.hpp"
#include "commands/shared/site.hpp"

namespace akqueue::commands {

/// Why it failed if it has, every column, and the message.
ui::Text task_text(const Site& site, const Shown& shown);

/// Rows of other tables than the log; empty for none.
ui::Text references_text(const queue::TaskDetail& task);

}  // namespace akqueue::commands

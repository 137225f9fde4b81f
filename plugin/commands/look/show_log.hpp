// The log of one task for a person: a line an event, attributes as `key=value`, a traceback as lines.
#pragma once

#include <string>
#include <vector>

#include "session/database.hpp"
#include "ui/terminal.hpp"

namespace akqueue::commands {

/// The log of the current attempt, or of those before, as it comes. Nothing where there is none. In a transaction.
void print_logs(ui::Terminal& terminal, const session::Database& database, const std::string& id, bool previous);

/// So far to the right, the last lines of many: they say what happened. What was left out is said.
ui::Text traceback_text(const std::vector<std::string>& lines, std::size_t indent);

/// The lines of a text.
std::vector<std::string> lines_of(const std::string& text);

/// At most so many bytes, cut between characters, with what there is in all.
std::string shortened(const std::string& text, std::size_t longest);

}  // namespace akqueue::commands

#include "ui/errors.hpp"

#include "ui/text.hpp"

namespace akqueue {

void print_error(Terminal& terminal, const Error& error, const std::string& whose) {
  std::string text = visible_lines(error.detail());
  if (!text.empty() && text.back() != '\n') text += '\n';
  text += terminal.failure("error: ") + (whose.empty() ? "" : visible(whose) + ": ") + visible_lines(error.what());
  if (!error.sqlstate().empty()) text += " (SQLSTATE " + visible(error.sqlstate()) + ")";
  text += "\n";
  if (!error.hint().empty()) text += terminal.strong("hint: ") + visible(error.hint()) + "\n";
  terminal.err(text);
}

}  // namespace akqueue

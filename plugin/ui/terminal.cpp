#include "ui/terminal.hpp"

#include "system/surroundings.hpp"

namespace akqueue::ui {

bool SystemTerminal::colours() const {
  if (!system::environment_variable("NO_COLOR").value_or("").empty() || system::environment_variable("TERM") == "dumb")
    return false;
  return err_is_terminal();
}

}  // namespace akqueue::ui

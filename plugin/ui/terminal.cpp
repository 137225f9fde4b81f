#include "ui/terminal.hpp"

#include "system/surroundings.hpp"

namespace akqueue {

bool SystemTerminal::colours() const {
  if (!environment_variable("NO_COLOR").value_or("").empty() || environment_variable("TERM") == "dumb") return false;
  return err_is_terminal();
}

}  // namespace akqueue

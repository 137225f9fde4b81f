// The man page kubectl-akqueue(1), made from the command table.
#pragma once

#include <string>

namespace akqueue {

/// In man(7)'s macros, ASCII only.
std::string man_page();

}  // namespace akqueue

// The man page kubectl-akqueue(1), made from the command table.
#pragma once

#include <string>

namespace akqueue::cli {

/// With the macros of man(7), ASCII only.
std::string man_page();

}  // namespace akqueue::cli

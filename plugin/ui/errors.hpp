// An error as a person reads it.
#pragma once

#include <string>

#include "akqueue/error.hpp"
#include "ui/terminal.hpp"

namespace akqueue {

/// On standard error: what somebody else said of it, then `error: …`, then `hint: …` where there is a next step. `whose`
/// stands before the message where several things were tried: `customer-b/authentik`.
void print_error(Terminal& terminal, const Error& error, const std::string& whose = {});

}  // namespace akqueue

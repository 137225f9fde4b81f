// An error as a person reads it.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "akqueue/error.hpp"
#include "ui/terminal.hpp"

namespace akqueue::ui {

/// On standard error: what somebody else said of it, then `error: …`, then `hint: …` where there is a next step.
/// `whose` stands before the message where several things were tried: `customer-b/authentik`.
void print_error(Terminal& terminal, const Error& error, const std::string& whose = {});

/// What went wrong with several things, each with whose it is: what somebody else said and the hint stand once for all
/// to which they belong.
struct OwnedError {
  std::string whose;
  Error error;
};
void print_errors(Terminal& terminal, const std::vector<OwnedError>& errors);

/// What was thrown, as an Error: what the machine can't do (a name that is too long, no file or memory left) in words,
/// and only what nobody could cause as `unforeseen`.
Error as_error(const std::exception& thrown);

/// The same error, which says at its end what has not happened: "nothing was deleted", where it ends a command that
/// deletes before it has.
Error with_what_is_so(const Error& error, const std::string& what);

}  // namespace akqueue::ui

// A sub-shell with the stand-in as its `kubectl`. The machine needs no kubectl.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

namespace akqueue::sim {

/// Starts $SHELL (or /bin/sh), interactive or with `-c COMMAND`, with AKQUEUE_SIM set, and a `kubectl` and this
/// program's own folder first on PATH. Returns its exit status (128 + N after signal N). The temporary folder is
/// removed again. Throws Error (system).
int run_shell(const std::string& world, const std::optional<std::string>& command, std::ostream& notices);

}  // namespace akqueue::sim

// Waits for a condition in a world that changes by itself.
#pragma once

#include <functional>
#include <optional>

#include "kubectl/client.hpp"

namespace akqueue::sim {

/// Lets the world catch up until `holds`; false if that takes longer than `timeout_s` seconds by this machine's clock
/// (nothing: for ever).
bool wait_until(World& world, const std::function<bool()>& holds, std::optional<double> timeout_s);

}  // namespace akqueue::sim

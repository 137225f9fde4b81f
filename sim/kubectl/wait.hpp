// Waiting until something holds in a world that goes on by itself.
#pragma once

#include <functional>
#include <optional>

#include "kubectl/client.hpp"

namespace akqueue::sim {

/// Brings the world up to date until `holds`; false when that takes longer than `timeout_s` seconds of this machine's
/// clock (nothing: for ever).
bool wait_until(World& world, const std::function<bool()>& holds, std::optional<double> timeout_s);

}  // namespace akqueue::sim

// The settings of a release's workers as they are in force, put together from what its server tells and what stands in
// the deployments.
#pragma once

#include <vector>

#include "cluster/inventory.hpp"
#include "queue/settings.hpp"
#include "session/session.hpp"

namespace akqueue {

/// In the order of kWorkerSettings. A setting that the deployments' own environments give several values has an entry
/// for each of them. What workers have from where the server does not look, or the server from where they do not, is
/// told as `elsewhere`, without a value. Outside a transaction. Throws the Errors of a session.
std::vector<LiveSetting> read_settings(Session& session, const Inventory& release);

/// The value of a setting for a deployment, as a number; nothing where it is not known or none.
std::optional<std::int64_t> number_of(const std::vector<LiveSetting>& settings, std::string_view name,
                                      const std::string& deployment);

}  // namespace akqueue

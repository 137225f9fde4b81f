// The settings that are in force for a release's workers, from what its server says and from the deployments.
#pragma once

#include <vector>

#include "cluster/inventory.hpp"
#include "queue/settings.hpp"
#include "session/session.hpp"

namespace akqueue::diagnosis {

/// In the order of kWorkerSettings. A setting with several values in the deployments' own environments has an entry for
/// each of them. A setting that may come from a source that only the workers or only the server has is reported as
/// `elsewhere`, without a value. Outside a transaction. Throws the Errors of a session.
std::vector<queue::LiveSetting> read_settings(session::Session& session, const cluster::Inventory& release);

/// The value of a setting for a deployment, as a number; nothing if it is not known or not a number.
std::optional<std::int64_t> number_of(const std::vector<queue::LiveSetting>& settings, std::string_view name,
                                      const std::string& deployment);

}  // namespace akqueue::diagnosis

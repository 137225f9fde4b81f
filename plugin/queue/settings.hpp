// The settings of authentik's workers that are in force, and what is remarkable about them with this queue.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/worker_settings.hpp"
#include "queue/measure/status.hpp"

namespace akqueue::queue {

/// A whole number from 0 to `most`; nothing for anything else.
std::optional<std::int64_t> parse_whole(std::string_view text, std::int64_t most = 1'000'000'000);

/// A setting that is in force for one worker deployment.
struct LiveSetting {
  const WorkerSetting* known = nullptr;
  std::string deployment;  ///< whose; empty: of all
  std::string value;       ///< empty if it is not known
  std::string source;      ///< default, environment, file, configuration, elsewhere
  std::string from;        ///< the variable, the file, the deployment; may be empty
};

/// What deserves a look, one line each.
std::vector<std::string> remarks_on(const std::vector<LiveSetting>& settings, const QueueStatus& status,
                                    std::int64_t worker_pods);

}  // namespace akqueue::queue

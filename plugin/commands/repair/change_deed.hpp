// The deed of a change: as it was previewed, at the pace that was asked for, and with a canary first.
#pragma once

#include <optional>
#include <vector>

#include "commands/repair/canary.hpp"
#include "commands/repair/change_flow.hpp"

namespace akqueue::commands {

struct ChangeDeed {
  queue::ChangeResult result;
  std::vector<Uuid> changed = {};  ///< the tasks, where they are to be followed
  std::optional<Canary> canary = {};
};

/// Changes what was previewed, keeps its record, and ends that. With a canary it may ask a second question, and enter
/// the site again after it. What fails is in the result.
ChangeDeed carry_out_change(const cli::Environment& environment, Site& site, const ChangeRequest& request,
                            const ChangePreview& preview, Recorder& recorder);

}  // namespace akqueue::commands

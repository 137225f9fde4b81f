// What a deletion says to a person, before and after.
#pragma once

#include "commands/delete/deletion_flow.hpp"

namespace akqueue::commands {

/// What stands above the question.
ui::Text describe_preview(const ui::Terminal& terminal, const Site& site, const DeletionRequest& deleting,
                          const Preview& preview);

/// The same as the result of --dry-run, with some of the rows.
ui::Text describe_dry_run(const ui::Terminal& terminal, const Site& site, const DeletionRequest& deleting,
                          const Preview& preview);

/// Nothing matches.
ui::Text describe_nothing(const Preview& preview);

/// What was done, what was left and why, and why it ended.
ui::Text describe_result(const ui::Terminal& terminal, const Preview& preview, const queue::DeletionResult& result,
                         const Recorder& recorder);

/// `queue default and all of its history`, or the filter in words.
std::string headline_of(const DeletionRequest& deleting, const Preview& preview);

/// The same and how many these are: `12 tasks: queued tasks in …`, `queue default and all of its history: 12
/// tasks`.
ui::Text counted_headline(const DeletionRequest& deleting, const Preview& preview);

/// That tasks carry times `ahead_s` seconds ahead of the database's clock.
ui::Text clock_note(std::int64_t ahead_s);

}  // namespace akqueue::commands

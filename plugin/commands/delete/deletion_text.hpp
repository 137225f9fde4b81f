// What a deletion says to a person, before and after.
#pragma once

#include <string>

#include "commands/delete/deletion_flow.hpp"

namespace akqueue {

/// What stands above the question.
std::string describe_preview(const Terminal& terminal, const Site& site, const DeletionRequest& deleting,
                             const Preview& preview);

/// The same as the result of --dry-run, with some of the rows.
std::string describe_dry_run(const Terminal& terminal, const Site& site, const DeletionRequest& deleting,
                             const Preview& preview);

/// Nothing matches.
std::string describe_nothing(const Preview& preview);

/// What was done, what was left and why, and why it ended.
std::string describe_result(const Invocation& invocation, const Preview& preview, const DeletionResult& result,
                            const Recorder& recorder);

/// `queue default and all of its history`, or the filter in words.
std::string headline_of(const DeletionRequest& deleting, const Preview& preview);

/// The same and how many these are, to print: `12 tasks: queued tasks in …`, `queue default and all of its history: 12
/// tasks`.
std::string counted_headline(const DeletionRequest& deleting, const Preview& preview);

/// That tasks carry times `ahead_s` seconds ahead of the database's clock.
std::string clock_note(std::int64_t ahead_s);

}  // namespace akqueue

// What a command that changes tasks says, in words and as JSON.
#pragma once

#include "akqueue/json.hpp"
#include "commands/repair/change_deed.hpp"
#include "ui/terminal.hpp"

namespace akqueue::commands {

/// Before the question.
ui::Text describe_change(const ui::Terminal& terminal, const Site& site, const ChangeRequest& request,
                         const ChangePreview& preview);
/// Instead of it.
ui::Text describe_dry_run(const ui::Terminal& terminal, const Site& site, const ChangeRequest& request,
                          const ChangePreview& preview);
/// Where the change takes none.
ui::Text describe_no_change(const ui::Terminal& terminal, const ChangeRequest& request, const ChangePreview& preview);
/// The summary.
ui::Text describe_changed(const ui::Terminal& terminal, const ChangeRequest& request, const ChangePreview& preview,
                          const ChangeDeed& deed, const Recorder& recorder);

/// With the preview.
Json document_of_change(const Site& site, const ChangeRequest& request, const ChangePreview& preview);
/// Adds `result`.
void add_result(Json& document, const ChangeDeed& deed, const Recorder& recorder);

}  // namespace akqueue::commands

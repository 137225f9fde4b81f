// What a command that changes tasks was asked for.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "commands/shared/keep_request.hpp"
#include "commands/shared/output.hpp"
#include "commands/shared/site_request.hpp"
#include "queue/change/row_change.hpp"
#include "queue/filter/typed_filter.hpp"

namespace akqueue::commands {

struct ChangeRequest {
  SiteRequest site = {};
  queue::TaskChoice choice = {};
  queue::RowChange change = queue::RowChange::retry;
  bool by_error = false;                  ///< grouped by the last error of their log
  std::vector<std::string> errors = {};   ///< of these groups only those: numbers, or texts
  bool with_dependents = false;           ///< what was rejected with these comes along
  std::size_t canary = 0;                 ///< so many of each error first; 0: all at once
  int stop_at = 0;                        ///< per cent of these that fail again: the rest stays
  std::chrono::seconds timeout{0};        ///< how long to wait for these
  std::optional<double> per_second = {};  ///< how fast
  bool dry_run = false;
  bool ask = true;
  std::chrono::seconds follow{0};  ///< see for this long what becomes of them
  KeepRequest keep = {};
  OutputFormat output = OutputFormat::table;
};

/// What every such command takes beside what chooses tasks. Throws Error (usage).
void read_manner(const Options& options, const cli::Command& command, ChangeRequest& request);

/// How a change is named.
struct ChangeWords {
  std::string_view verb;   ///< `retry`
  std::string_view third;  ///< `retries`
  std::string_view past;   ///< `retried`
  std::string_view after;  ///< what follows the tasks: ` now`
};
ChangeWords change_words(queue::RowChange change);

}  // namespace akqueue::commands

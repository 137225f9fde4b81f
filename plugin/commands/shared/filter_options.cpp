#include "commands/shared/filter_options.hpp"

#include <algorithm>
#include <array>

#include "commands/shared/holders.hpp"
#include "commands/shared/id_list.hpp"
#include "diagnosis/live_settings.hpp"
#include "queue/filter/name_resolution.hpp"
#include "queue/filter/task_condition.hpp"

namespace akqueue::commands {
namespace {

constexpr std::array<std::string_view, 9> kTexts{"queue",  "state", "actor",     "uid",   "object",
                                                 "tenant", "log",   "log-level", "holder"};

/// `a,,b` and `,` as well.
bool has_empty_piece(const std::string& value) {
  return value.empty() || value.front() == ',' || value.back() == ',' || value.find(",,") != std::string::npos;
}

/// An empty value selects nothing or everything, and is what a shell makes of an unset variable.
void check_not_empty(const Options& options) {
  for (const std::string_view name : kTexts) {
    if (!options.has(name)) continue;
    const auto values = options.each(name);
    if (std::ranges::none_of(values, [](const std::string& value) { return has_empty_piece(value); })) continue;
    throw Error(ErrorCode::usage, "--" + std::string(name) + " has an empty value",
                "leave it out to choose tasks by other conditions");
  }
}

void add_id(queue::TaskChoice& choice, const std::string& written) {
  const std::string_view id = without_kind(written);
  if (const auto whole = Uuid::parse(id)) {
    choice.ids.push_back(*whole);
  } else if (id.size() < queue::kLeastBeginning || !Uuid::beginning_with(id)) {
    throw Error(ErrorCode::usage, "'" + written + "' is not a task id",
                "an id looks like 11111111-2222-4333-8444-555555555555, and its first 4 digits or more are enough; an "
                "actor is given with --actor");
  } else {
    choice.id_beginnings.emplace_back(id);
  }
}

void add_ids(queue::TaskChoice& choice, const Options& options, const std::vector<std::string>& ids) {
  for (const std::string& written : ids) add_id(choice, written);
  if (const auto file = options.value("filename")) {
    const std::vector<Uuid> listed = read_id_list(*file);
    choice.ids.insert(choice.ids.end(), listed.begin(), listed.end());
  }
}

}  // namespace

std::vector<Option> with_choosing(std::vector<Option> own, std::initializer_list<std::string_view> without) {
  for (const Option& option : queue::choosing_options(without)) own.push_back(option);
  return own;
}

queue::TaskChoice read_choice(const Options& options, ChoiceParts parts) {
  return read_choice_among(options, options.arguments(), parts);
}

queue::TaskChoice read_choice_among(const Options& options, const std::vector<std::string>& ids, ChoiceParts parts) {
  check_not_empty(options);
  queue::TaskChoice choice;
  for (const queue::TaskCondition& row : queue::task_conditions()) {
    const bool another = row.option.name == "limit" && !parts.limit;
    if (row.read != nullptr && !another) row.read(options, choice);
  }
  if (parts.ids) add_ids(choice, options, ids);
  if (choice.has_ids() && (choice.keep_newest || choice.limit)) {
    throw Error(ErrorCode::usage, "--keep-newest and --limit do not go with ids", "the ids say which tasks are meant");
  }
  return choice;
}

namespace {

constexpr std::string_view kKeeps = "worker.task_expiration";

/// The longest that any worker keeps them.
std::int64_t kept_for(const Site& site) {
  std::optional<std::int64_t> longest;
  for (const queue::LiveSetting& one : diagnosis::read_settings(*site.session, site.inventory)) {
    if (one.known->name != kKeeps) continue;
    const auto seconds = parse_timedelta(one.value);
    if (!seconds) {
      throw Error(ErrorCode::refused,
                  "how long authentik keeps finished tasks is not known: " + std::string(kKeeps) + " is " +
                      (one.value.empty() ? "set by " + one.from : "'" + one.value + "'"),
                  "choose them by age: --state done --older-than 30d");
    }
    longest = std::max(*seconds, longest.value_or(0));
  }
  return longest.value_or(queue::TaskChoice().kept_for_s);
}

}  // namespace

queue::TaskFilter resolve_on(ui::Terminal& terminal, const Site& site, const queue::TaskChoice& choice,
                             const std::vector<std::string>& named) {
  queue::TaskChoice here = choice;
  check_holders(site, here);
  if (here.expired) here.kept_for_s = kept_for(site);
  std::vector<std::string> notes = queue::check_states_and_queues(site.database(), choice.states, named);
  queue::TaskFilter filter = queue::resolve(site.database(), here);
  notes.insert(notes.end(), filter.notes.begin(), filter.notes.end());
  for (const std::string& note : notes) terminal.err(ui::format_text("note: {}\n", note));
  return filter;
}

void explain_filter(const cli::Environment& environment, const SiteRequest& request, const queue::TaskFilter& filter) {
  if (request.verbose) environment.terminal.err(ui::format_text("selects: {}\n", queue::in_words(filter)));
}

}  // namespace akqueue::commands

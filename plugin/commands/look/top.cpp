#include "commands/look/commands.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "commands/shared/filter_options.hpp"
#include "commands/shared/holders.hpp"
#include "queue/filter/name_resolution.hpp"
#include "queue/measure/group_counts.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

constexpr long long kGroupsShown = 15;

/// What tasks may be grouped by: the actor, or what queue::count_groups() counts.
struct Grouping {
  std::string_view word;
  std::optional<queue::GroupBy> by;
  ui::Text header;
  const char* more_one;
  const char* more_several;
};

const std::array<Grouping, 5>& groupings() {
  static const std::array<Grouping, 5> all{{
      {"actor", std::nullopt, "ACTOR", "more actor", "more actors"},
      {"error", queue::GroupBy::error, "ERROR", "more error", "more errors"},
      {"uid", queue::GroupBy::uid, "UID", "more uid", "more uids"},
      {"object", queue::GroupBy::object, "OBJECT", "more object", "more objects"},
      {"queue", queue::GroupBy::queue, "QUEUE", "more queue", "more queues"},
  }};
  return all;
}

const Grouping& read_grouping(const Options& options) {
  const std::string word = options.text("by", "actor");
  const auto found = std::ranges::find(groupings(), word, &Grouping::word);
  if (found != groupings().end()) return *found;
  std::vector<std::string> known;
  for (const Grouping& one : groupings()) known.emplace_back(one.word);
  const auto near = nearest(word, known);
  throw Error(ErrorCode::usage, "tasks can't be grouped by '" + word + "'",
              near ? "did you mean " + *near + "?" : "--by takes " + listed_words(known, "or"));
}

/// One actor over all its queues and states, or another group.
using ActorRow = queue::AlikeTasks;

std::vector<ActorRow> by_actor(const queue::SelectionCounts& counts) {
  std::map<std::string, ActorRow> rows;
  for (const queue::Group& group : counts.groups) {
    ActorRow& row = rows[group.actor];
    row.name = group.actor;
    row.tasks += group.tasks;
    row.held += group.held;
    row.states[group.state] += group.tasks;
    if (group.oldest) row.oldest = std::min(*group.oldest, row.oldest.value_or(*group.oldest));
    if (group.newest) row.newest = std::max(*group.newest, row.newest.value_or(*group.newest));
  }
  std::vector<ActorRow> sorted;
  for (auto& [name, row] : rows) sorted.push_back(std::move(row));
  std::ranges::stable_sort(sorted, std::greater<>(), &ActorRow::tasks);
  return sorted;
}

Json json_of(const ActorRow& row, const Grouping& grouping, std::int64_t total) {
  Json one{{grouping.by ? "name" : "actor", grouping.by && row.name.empty() ? Json() : Json(row.name)},
           {"tasks", row.tasks},
           {"share", total == 0 ? 0.0 : static_cast<double>(row.tasks) / static_cast<double>(total)}};
  one["states"] = row.states;
  one["held"] = row.held;
  one["oldest"] = to_json(row.oldest);
  one["newest"] = to_json(row.newest);
  return one;
}

std::string states_of(const ActorRow& row) {
  std::string text;
  for (const auto& [state, tasks] : row.states)
    text += (text.empty() ? "" : " ") + state + "=" + with_separators(tasks);
  return text;
}

struct Top {
  std::vector<ActorRow> rows;  ///< those to show
  std::size_t groups = 0;      ///< that there are
  std::int64_t total = 0;
  std::int64_t ungrouped = 0;  ///< tasks of groups too small to be read
  Timestamp now = 0;
};

ui::Text table(const ui::Terminal& terminal, const Grouping& grouping, const Top& top, bool wide) {
  std::vector<ui::ListingColumn> columns{{grouping.header, false, true, false, grouping.by == queue::GroupBy::error},
                                         {"TASKS", true},
                                         {"SHARE", true},
                                         {"NEWEST", true},
                                         {"OLDEST", true}};
  if (wide) columns.insert(columns.end(), {{"HELD", true}, {"STATES"}});
  ui::Listing listing(columns);
  for (const ActorRow& row : top.rows) {
    const auto age = [&](const std::optional<Timestamp>& at) {
      return at ? format_age((top.now - *at) / kSecond) : std::string();
    };
    std::vector<ui::Text> cells{row.name, with_separators(row.tasks), ui::format_share(row.tasks, top.total),
                                age(row.newest), age(row.oldest)};
    if (wide) cells.insert(cells.end(), {with_separators(row.held), states_of(row)});
    listing.add(std::move(cells));
  }
  return listing.draw(terminal);
}

Json document_of_top(const Site& site, const Grouping& grouping, const Top& top) {
  Json document = document_of("top");
  document["site"] = site.to_json();
  document["now"] = format_timestamp(top.now);
  document["tasks"] = top.total;
  if (grouping.by) {
    document["by"] = grouping.word;
    document["ungrouped"] = top.ungrouped;
  }
  document[grouping.by ? "group_count" : "actor_count"] = top.groups;
  Json& groups = document[grouping.by ? "groups" : "actors"];
  groups = Json::array();
  for (const ActorRow& row : top.rows) groups.push_back(json_of(row, grouping, top.total));
  return document;
}

/// What the table leaves out.
void note_the_rest(ui::Terminal& terminal, const Grouping& grouping, const Top& top) {
  if (top.rows.size() < top.groups) {
    const auto more = static_cast<std::int64_t>(top.groups - top.rows.size());
    terminal.err(
        ui::format_text("{}; --limit 0 shows them all\n", count_of(more, grouping.more_one, grouping.more_several)));
  }
  if (top.ungrouped > 0)
    terminal.err(ui::format_text("{} in smaller groups: only the largest {} are read\n",
                                 count_of(top.ungrouped, "task is", "tasks are"), with_separators(queue::kMostGroups)));
}

void print(ui::Terminal& terminal, const OutputFormat& output, const Site& site, const Grouping& grouping,
           const Top& top, const std::string& words) {
  if (output == OutputFormat::jsonl) {
    for (const ActorRow& row : top.rows) terminal.out(as_json(output, json_of(row, grouping, top.total)));
  } else if (is_json(output)) {
    terminal.out(as_json(output, document_of_top(site, grouping, top)));
  } else if (output == OutputFormat::name) {
    for (const ActorRow& row : top.rows) {
      if (!row.name.empty()) terminal.out(ui::format_text("{}/{}\n", grouping.word, row.name));
    }
  } else if (top.rows.empty() && output != OutputFormat::csv) {
    terminal.err(
        ui::format_text("no {}{}\n", words, grouping.by == queue::GroupBy::error ? " with an error in their log" : ""));
  } else {
    terminal.out(table(terminal, grouping, top, is_wide(output)));
    note_the_rest(terminal, grouping, top);
  }
}

struct TopRequest {
  SiteRequest site;
  queue::TaskChoice choice;
  const Grouping& grouping;
  std::size_t limit = 0;  ///< about the groups that are shown, not about tasks; 0: none
  OutputFormat output = OutputFormat::table;
};

TopRequest read_top_request(const Options& options, Effect effect) {
  return {.site = read_site_request(options, effect),
          .choice = read_choice(options, {.ids = false, .limit = false}),
          .grouping = read_grouping(options),
          .limit = static_cast<std::size_t>(options.number("limit").value_or(kGroupsShown)),
          .output = read_output(options)};
}

void fill(const session::Database& database, const queue::Selection& selection, const Grouping& grouping, Top& top) {
  if (!grouping.by) {
    const queue::SelectionCounts found = queue::count_selection(database, selection);
    top.rows = by_actor(found);
    top.total = found.total();
    return;
  }
  queue::GroupCounts found = queue::count_groups(database, selection, *grouping.by);
  top.rows = std::move(found.groups);
  top.total = found.tasks;
  top.ungrouped = found.ungrouped;
}

int run_top(const cli::Invocation& invocation) {
  const TopRequest request = read_top_request(invocation.options, invocation.command.effect);
  const cli::Environment& environment = invocation.environment;
  const Site site = enter(environment, request.site);
  Top top;
  queue::TaskFilter filter;
  {
    const session::Transaction transaction(*site.session, kLooking);
    top.now = transaction.now();
    filter = resolve_on(environment.terminal, site, request.choice);
    explain_filter(environment, request.site, filter);
    const session::Database database = filter.asks_who_holds() ? knowing_workers(site, top.now) : site.database();
    const queue::Selection selection = queue::selection_now(database, filter, top.now);
    fill(database, selection, request.grouping, top);
  }
  top.groups = top.rows.size();
  if (request.limit > 0 && top.rows.size() > request.limit) top.rows.resize(request.limit);
  print(environment.terminal, request.output, site, request.grouping, top, queue::in_words(filter));
  return 0;
}

}  // namespace

cli::Command top_command() {
  return {.name = "top",
          .group = "Look",
          .summary = "Show which actors, errors or objects fill the queue",
          .arguments = "",
          .description =
              "Tasks by actor, the most first, with their share and how long the oldest and the newest\n"
              "have been in their state. --by groups them by the last error of their log (of tasks that\n"
              "have one; ids and numbers are folded: 'connection to <n>.<n>.<n>.<n> refused'), by uid, by\n"
              "the object that they are about, or by queue.",
          .options = with_choosing({{"by", 0, "GROUP", "by actor (the default), error, uid, object or queue"},
                                    {"limit", 0, "N", "show this many groups (default 15; 0: all)"}},
                                   {"limit", "filename"}),
          .examples = {{"top --state queued", "what waits, by actor"},
                       {"top --state queued --newer-than 10m", "what came in the last ten minutes"},
                       {"top --by error --newer-than 1d", "what fails, and how often"},
                       {"top --by object --state queued", "which outposts, sources or certificates it is about"},
                       {"top --limit 0 -o json", "every actor, for a script"}},
          .outputs = "table|wide|csv|json|jsonl|yaml|name|jsonpath=|custom-columns=",
          .run = run_top};
}

}  // namespace akqueue::commands

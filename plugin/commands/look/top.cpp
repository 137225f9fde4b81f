#include "commands/look/commands.hpp"

#include <algorithm>
#include <map>

#include "commands/shared/filter_options.hpp"
#include "commands/shared/holders.hpp"
#include "queue/filter/name_resolution.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

constexpr long long kGroupsShown = 15;

/// One actor over all its queues and states.
struct ActorRow {
  std::string actor;
  std::int64_t tasks = 0;
  std::int64_t held = 0;
  std::optional<Timestamp> oldest;
  std::optional<Timestamp> newest;
  std::map<std::string, std::int64_t> states;
};

std::vector<ActorRow> by_actor(const queue::SelectionCounts& counts) {
  std::map<std::string, ActorRow> rows;
  for (const queue::Group& group : counts.groups) {
    ActorRow& row = rows[group.actor];
    row.actor = group.actor;
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

Json json_of(const ActorRow& row, std::int64_t total) {
  Json one{{"actor", row.actor},
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
  std::size_t actors = 0;      ///< that there are
  std::int64_t total = 0;
  Timestamp now = 0;
};

ui::Text table(const ui::Terminal& terminal, const Top& top, bool wide) {
  std::vector<ui::ListingColumn> columns{
      {"ACTOR", false, true}, {"TASKS", true}, {"SHARE", true}, {"NEWEST", true}, {"OLDEST", true}};
  if (wide) columns.insert(columns.end(), {{"HELD", true}, {"STATES"}});
  ui::Listing listing(columns);
  for (const ActorRow& row : top.rows) {
    const auto age = [&](const std::optional<Timestamp>& at) {
      return at ? format_age((top.now - *at) / kSecond) : std::string();
    };
    std::vector<ui::Text> cells{row.actor, with_separators(row.tasks), ui::format_share(row.tasks, top.total),
                                age(row.newest), age(row.oldest)};
    if (wide) cells.insert(cells.end(), {with_separators(row.held), states_of(row)});
    listing.add(std::move(cells));
  }
  return listing.draw(terminal);
}

void print(ui::Terminal& terminal, const OutputFormat& output, const Site& site, const Top& top,
           const std::string& words) {
  if (output == OutputFormat::jsonl) {
    for (const ActorRow& row : top.rows) terminal.out(as_json(output, json_of(row, top.total)));
  } else if (is_json(output)) {
    Json document = document_of("top");
    document["site"] = site.to_json();
    document["now"] = format_timestamp(top.now);
    document["tasks"] = top.total;
    document["actor_count"] = top.actors;
    document["actors"] = Json::array();
    for (const ActorRow& row : top.rows) document["actors"].push_back(json_of(row, top.total));
    terminal.out(as_json(output, document));
  } else if (output == OutputFormat::name) {
    for (const ActorRow& row : top.rows) terminal.out(ui::format_text("actor/{}\n", row.actor));
  } else if (top.rows.empty() && output != OutputFormat::csv) {
    terminal.err(ui::format_text("no {}\n", words));
  } else {
    terminal.out(table(terminal, top, is_wide(output)));
    if (top.rows.size() < top.actors) {
      terminal.err(ui::format_text(
          "{}; --limit 0 shows them all\n",
          count_of(static_cast<std::int64_t>(top.actors - top.rows.size()), "more actor", "more actors")));
    }
  }
}

struct TopRequest {
  SiteRequest site;
  queue::TaskChoice choice;
  std::size_t limit = 0;  ///< about the actors that are shown, not about tasks; 0: none
  OutputFormat output = OutputFormat::table;
};

TopRequest read_top_request(const Options& options, Effect effect) {
  return {.site = read_site_request(options, effect),
          .choice = read_choice(options, {.ids = false, .limit = false}),
          .limit = static_cast<std::size_t>(options.number("limit").value_or(kGroupsShown)),
          .output = read_output(options)};
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
    const queue::SelectionCounts found = queue::count_selection(database, selection);
    top.rows = by_actor(found);
    top.total = found.total();
  }
  top.actors = top.rows.size();
  if (request.limit > 0 && top.rows.size() > request.limit) top.rows.resize(request.limit);
  print(environment.terminal, request.output, site, top, queue::in_words(filter));
  return 0;
}

}  // namespace

cli::Command top_command() {
  return {.name = "top",
          .group = "Look",
          .summary = "Show which actors fill the queue",
          .arguments = "",
          .description =
              "Tasks by actor, the most first, with their share and how long the oldest and the newest\n"
              "have been in their state.",
          .options =
              with_choosing({{"limit", 0, "N", "show this many actors (default 15; 0: all)"}}, {"limit", "filename"}),
          .examples = {{"top --state queued", "what waits, by actor"},
                       {"top --state queued --newer-than 10m", "what came in the last ten minutes"},
                       {"top --limit 0 -o json", "every actor, for a script"}},
          .outputs = "table|wide|csv|json|jsonl|yaml|name|jsonpath=|custom-columns=",
          .run = run_top};
}

}  // namespace akqueue::commands

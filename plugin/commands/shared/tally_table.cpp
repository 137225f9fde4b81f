#include "commands/shared/tally_table.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>

#include "akqueue/tasks.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

struct ActorCounts {
  std::string actor;
  std::map<std::string, std::int64_t> by_state;

  std::int64_t total() const {
    return std::accumulate(by_state.begin(), by_state.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& one) { return sum + one.second; });
  }
};

std::string header_of(std::string header) {
  std::ranges::transform(header, header.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return header;
}

std::vector<std::string> states_of(const backup::Tally& tally) {
  std::vector<std::string> states;
  for (const auto& [key, count] : tally) {
    if (std::ranges::find(states, key.first) == states.end()) states.push_back(key.first);
  }
  std::ranges::stable_sort(states, {}, [](const std::string& state) {
    return std::ranges::find(task_state::kKnown, state) - task_state::kKnown.begin();
  });
  return states;
}

std::vector<ActorCounts> actors_of(const backup::Tally& tally) {
  std::map<std::string, ActorCounts> by_name;
  for (const auto& [key, count] : tally) {
    by_name[key.second].actor = key.second;
    by_name[key.second].by_state[key.first] += count;
  }
  std::vector<ActorCounts> actors;
  for (auto& [name, counts] : by_name) actors.push_back(std::move(counts));
  std::ranges::stable_sort(actors, std::greater<>(), &ActorCounts::total);
  return actors;
}

/// Keeps the first ones; all others become one row.
void gather_rest(std::vector<ActorCounts>& actors) {
  if (actors.size() <= kActorsShown) return;
  ActorCounts rest{
      "(" + count_of(static_cast<std::int64_t>(actors.size() - kActorsShown), "more actor", "more actors") + ")", {}};
  for (std::size_t i = kActorsShown; i < actors.size(); ++i) {
    for (const auto& [state, count] : actors[i].by_state) rest.by_state[state] += count;
  }
  actors.resize(kActorsShown);
  actors.push_back(std::move(rest));
}

}  // namespace

ui::Text draw_tally(const ui::Terminal& terminal, const backup::Tally& tally, const ui::Text& header) {
  if (tally.empty()) return {};
  const std::vector<std::string> states = states_of(tally);
  std::vector<ActorCounts> actors = actors_of(tally);
  gather_rest(actors);
  std::vector<ui::ListingColumn> columns{{"ACTOR", false, true}, {header, true}};
  for (const std::string& state : states) columns.push_back({header_of(state), true});
  ui::Listing listing(columns);
  for (const ActorCounts& row : actors) {
    std::vector<ui::Text> cells{row.actor, with_separators(row.total())};
    for (const std::string& state : states)
      cells.emplace_back(with_separators(row.by_state.contains(state) ? row.by_state.at(state) : 0));
    listing.add(std::move(cells));
  }
  return listing.draw(terminal);
}

}  // namespace akqueue::commands

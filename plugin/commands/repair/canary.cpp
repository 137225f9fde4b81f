#include "commands/repair/canary.hpp"

#include <algorithm>
#include <charconv>

#include "akqueue/error.hpp"
#include "akqueue/words.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

constexpr int kWhole = 100;

const char* verdict_of_canary(const CanaryGroup& group) {
  if (group.goes_on) return "goes on";
  return group.tried() == 0 ? "stops: none was tried in time" : "stops: the same error again";
}

}  // namespace

std::int64_t CanaryGroup::failed_again() const {
  const auto found = fates.errors.find(error);
  return found == fates.errors.end() ? 0 : found->second;
}

std::vector<Uuid> Canary::first() const {
  std::vector<Uuid> all;
  for (const CanaryGroup& group : groups) all.insert(all.end(), group.first.begin(), group.first.end());
  return all;
}

std::vector<Uuid> Canary::rest() const {
  std::vector<Uuid> all;
  for (const CanaryGroup& group : groups) {
    if (group.goes_on) all.insert(all.end(), group.rest.begin(), group.rest.end());
  }
  return all;
}

std::int64_t Canary::stopped() const {
  std::int64_t sum = 0;
  for (const CanaryGroup& group : groups) sum += group.goes_on ? 0 : static_cast<std::int64_t>(group.rest.size());
  return sum;
}

Canary split_for_canary(const ErrorChoice& errors, std::size_t count) {
  Canary canary;
  for (std::size_t i = 0; i < errors.groups.size(); ++i) {
    if (!errors.chosen[i]) continue;
    const std::vector<Uuid>& ids = errors.groups[i].ids;
    const auto middle = ids.begin() + static_cast<std::ptrdiff_t>(std::min(count, ids.size()));
    canary.groups.push_back({.number = i + 1,
                             .error = errors.groups[i].error,
                             .first = {ids.begin(), middle},
                             .rest = {middle, ids.end()}});
  }
  return canary;
}

void judge_canary(CanaryGroup& group, int stop_at) {
  const std::int64_t tried = group.tried();
  group.goes_on = tried > 0 && group.failed_again() * kWhole < stop_at * tried;
}

int parse_share(const std::string& text) {
  int share = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), share);
  const std::string_view behind(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (failure != std::errc() || (behind != "%" && !behind.empty()) || share < 1 || share > kWhole)
    throw Error(ErrorCode::usage, "'" + text + "' is not a share", "from 1% to 100%");
  return share;
}

ui::Text describe_canary(const ui::Terminal& terminal, const Canary& canary) {
  ui::Listing listing({{"NUMBER", true},
                       {"FIRST", true},
                       {"FINISHED", true},
                       {"FAILED", true},
                       {"REST", true},
                       {"CANARY"},
                       {"ERROR", false, true, false, true}});
  for (const CanaryGroup& group : canary.groups)
    listing.add({std::to_string(group.number), with_separators(static_cast<std::int64_t>(group.first.size())),
                 with_separators(group.fates.finished), with_separators(group.fates.failed()),
                 with_separators(static_cast<std::int64_t>(group.rest.size())), verdict_of_canary(group), group.error});
  return listing.draw_aside(terminal);
}

Json json_of_canary(const Canary& canary) {
  Json list = Json::array();
  for (const CanaryGroup& group : canary.groups)
    list.push_back({{"number", group.number},
                    {"error", group.error},
                    {"first", group.first.size()},
                    {"finished", group.fates.finished},
                    {"failed", group.fates.failed()},
                    {"failed_again", group.failed_again()},
                    {"rest", group.rest.size()},
                    {"goes_on", group.goes_on}});
  return list;
}

}  // namespace akqueue::commands

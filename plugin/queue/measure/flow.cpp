#include "queue/measure/flow.hpp"

#include <algorithm>
#include <map>

#include "akqueue/tasks.hpp"
#include "queue/filter/selection.hpp"

namespace akqueue::queue {
namespace {

template <class Member>
std::int64_t sum(const std::vector<ActorFlow>& actors, Member member) {
  std::int64_t total = 0;
  for (const ActorFlow& one : actors) total += one.*member;
  return total;
}

}  // namespace

std::int64_t Flow::came() const { return sum(actors, &ActorFlow::came); }
std::int64_t Flow::put_back() const { return sum(actors, &ActorFlow::put_back); }
std::int64_t Flow::done() const { return sum(actors, &ActorFlow::done); }
std::int64_t Flow::rejected() const { return sum(actors, &ActorFlow::rejected); }

Flow read_flow(const session::Database& database, Timestamp now, std::int64_t window_s) {
  Flow flow = read_flow_since(database, now - window_s * kSecond, now);
  flow.window_s = window_s;
  return flow;
}

Flow read_flow_since(const session::Database& database, Timestamp since, Timestamp now) {
  session::Statement statement;
  const std::string states =
      any_of(statement, "t", "state",
             {std::string(task_state::kQueued), std::string(task_state::kDone), std::string(task_state::kRejected)});
  const std::string after = statement.bind(format_timestamp(since));
  // Releases before 2025.10 don't tell.
  const std::string tried = database.task().has("retries") ? "count(*) FILTER (WHERE t.retries > 0)" : "0";
  statement.sql = "SELECT t.actor_name, t.state, count(*), " + tried + " FROM " + database.task().quoted() +
                  " AS t WHERE " + states + " AND t.mtime > " + after + " GROUP BY t.actor_name, t.state";
  std::map<std::string, ActorFlow> by_actor;
  database.session.query(statement, [&](const session::Value& row) {
    const std::string actor = session::text(row.at(0));
    ActorFlow& flow = by_actor[actor];
    flow.actor = actor;
    const std::string state = session::text(row.at(1));
    const std::int64_t tasks = session::integer(row.at(2));
    if (state == task_state::kQueued) {
      const std::int64_t put_back = session::integer(row.at(3));
      flow.put_back += put_back;
      flow.came += tasks - put_back;
    } else {
      (state == task_state::kDone ? flow.done : flow.rejected) += tasks;
    }
  });
  Flow flow;
  flow.window_s = (now - since) / kSecond;
  for (auto& [actor, one] : by_actor) flow.actors.push_back(std::move(one));
  std::ranges::stable_sort(flow.actors, std::greater<>(), &ActorFlow::growth);
  return flow;
}

}  // namespace akqueue::queue

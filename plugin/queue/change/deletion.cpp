#include "queue/change/deletion.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>

#include "akqueue/sqlstate.hpp"
#include "akqueue/tasks.hpp"
#include "queue/change/batch_size.hpp"
#include "queue/change/batch_weight.hpp"
#include "queue/change/deletion_run.hpp"
#include "queue/change/large_row.hpp"
#include "queue/change/page_walk.hpp"
#include "queue/change/threads.hpp"
#include "queue/filter/dependencies.hpp"
#include "queue/filter/in_hand.hpp"
#include "queue/measure/dependent_counts.hpp"

namespace akqueue::queue {
namespace {

using Milliseconds = std::chrono::milliseconds;

/// Few rows are found faster by their index, or by one scan, than by a walk over the whole table.
constexpr std::int64_t kSweepRows = 2000;
constexpr int kAttempts = 5;
/// The rows are gone by then: counting them is worth a minute of the database's time, not more.
constexpr session::TransactionSettings kCounting{.read_only = true, .statement_timeout_ms = 60'000};

/// Somebody else is in the way, or the batch was too large: a smaller one, or a later one, may succeed.
bool worth_another_try(const Error& error) {
  // A foreign key is violated where a log row came in between.
  constexpr std::array kPassing{sqlstate::kLockTimeout, sqlstate::kCanceled, sqlstate::kDeadlock,
                                sqlstate::kSerializationFailure, sqlstate::kForeignKeyViolation};
  return error.code() == ErrorCode::sql && std::ranges::find(kPassing, error.sqlstate()) != kPassing.end();
}

/// What one session does of a deletion.
class Deleter {
 public:
  Deleter(const session::Database& database, const DeletionPlan& orders, backup::BackupSink* sink, DeletionRun& run)
      : database_(database),
        orders_(orders),
        run_(run),
        batch_(database, orders.selection, orders.include_held, sink, {.brake = orders.brake}) {}

  /// Does its part; what ends that early is what the whole run fails with.
  template <class Part>
  void guarded(const Part& part) {
    try {
      part();
      batch_.abandon();  // one that travelled ahead of a stop
    } catch (const Error& error) {
      batch_.abandon();
      if (run_.fail(error, batch_.in_doubt())) run_.explain(with_large_row(database_, error));
    } catch (...) {
      batch_.abandon();
      run_.fail_unforeseen(std::current_exception());
    }
  }

  /// Where it is, and how large its next batch.
  struct Walk {
    PageRange range;
    std::int64_t step = 0;
    std::int64_t limit = kSweepRows;
    std::int64_t fits = 0;  ///< rows that a batch which came up to its limit would have had time for
  };

  /// Until all pages are done; a part of a long range is left to others once much matches in it.
  void walk(PageWalk& pages) {
    rest();
    Walk here{.range = {}, .step = database_.dialect.first_step(), .limit = most(kSweepRows)};
    here.range = pages.take(here.step);
    if (here.range.empty()) here.range = pages.wait(here.step);
    int failures = 0;
    while (!here.range.empty() && !run_.stopped()) {
      Walk then = here;
      PageRange ahead;
      try {
        run_batch(rows_at(here), [&](const BatchResult& batch) -> std::optional<BatchRows> {
          then = after(here, batch);
          if (then.range.empty()) then.range = ahead = pages.take(then.step);
          if (holds(batch) || then.range.empty() || run_.stopped()) return std::nullopt;
          return rows_at(then);
        });
        here = then;
        failures = 0;
        share_rest(here, pages);
        rest();
      } catch (const Error& error) {
        pages.give_back(ahead);
        if (!worth_another_try(error)) throw;
        run_.wait_for_locks();
        here.step = std::max<std::int64_t>(1, here.step / 4);
        here.limit = here.fits = std::max<std::int64_t>(1, here.limit / 4);
        share_rest(here, pages);
        if (++failures < kAttempts) continue;
        // The sweep comes back for what is still in the way.
        here.range.from = end_of(here);
        failures = 0;
      }
      if (here.range.empty()) here.range = pages.wait(here.step);
    }
  }

  /// Rows of these tables count for the weight of their tasks.
  void weigh(const std::vector<ReferencingRows>& counted) { batch_.weigh(counted); }

  /// And the first look at what others feel.
  struct Facts {
    std::int64_t end = 0;                ///< of the table
    std::vector<ReferencingRows> heavy;  ///< of which some tasks have many
  };
  Facts look() {
    Facts facts;
    std::vector<session::Request> together;
    together.push_back(session::begin_request(kCounting));
    std::ranges::move(ask_for_heavy_tasks(database_, rows_to_delete_first(database_.catalog), facts.heavy),
                      std::back_inserter(together));
    together.push_back(
        session::query_request({database_.dialect.extent(database_.task())},
                               [&](const session::Value& row) { facts.end = session::integer(row.at(0)); }));
    add_look(together);
    together.push_back(session::rollback_request());
    database_.session.send(std::move(together));
    database_.session.await(database_.session.awaited());
    return facts;
  }

  /// Sweeps up what is left of the selection and counts what has to stay; one scan where nothing is left.
  void finish(DeletionResult& result) {
    std::optional<Remaining> remaining = count();
    std::optional<std::int64_t> held = remaining ? held_now(*remaining) : std::nullopt;
    // What live workers hold stays, without a sweep.
    if (remaining && held && remaining->previewed > *held && orders_.walks()) {
      sweep_all();
      if (run_.stopped()) return;
      remaining = count();
      held = remaining ? held_now(*remaining) : std::nullopt;
    }
    if (!remaining || !held) return;
    result.remaining = remaining->now;
    result.arrived = remaining->now - remaining->previewed;
    result.held = *held;
    const std::optional<std::int64_t> awaited = awaited_now();
    if (!awaited) return;
    result.awaited = *awaited;
    const bool among_previewed = orders_.selection.dependents == Dependents::along;
    result.locked = std::max<std::int64_t>(0, remaining->previewed - *held - (among_previewed ? *awaited : 0));
    result.counted = true;
  }

  /// What waits in one piece for a task of another goes in a later round.
  void sweep_all() {
    const std::vector<Selection> pieces = orders_.selection.pieces();
    std::vector<BatchRows> sweeps;
    for (const Selection& piece : pieces) add_sweeps(piece, sweeps);
    std::int64_t before = -1;
    while (run_.deleted() > before && !run_.stopped()) {
      before = run_.deleted();
      sweep(sweeps);
      if (pieces.size() == 1 || !waits_are_known(database_)) return;
    }
  }

 private:
  static std::int64_t end_of(const Walk& here) { return std::min(here.range.to, here.range.from + here.step); }

  /// Its next batch is what it keeps of its range.
  static void share_rest(Walk& here, PageWalk& pages) {
    const std::int64_t end = end_of(here);
    pages.give_back({end, here.range.to});
    here.range.to = end;
  }

  BatchRows rows_at(const Walk& here) const {
    const std::int64_t from = here.range.from;
    const std::int64_t to = end_of(here);
    return {&orders_.selection,
            [this, from, to](session::Statement& statement) {
              return database_.dialect.in_range(statement, "t", from, to) + " AND " + not_in_hand(statement);
            },
            here.limit};
  }

  /// With an empty range when that is done.
  Walk after(Walk here, const BatchResult& batch) const {
    const std::int64_t first_step = database_.dialect.first_step();
    const std::int64_t rows = backup::total(batch.deleted);
    if (rows < here.limit && (batch.left == 0 || rows == 0)) {
      const bool whole_step = end_of(here) == here.range.from + here.step;
      here.range.from = end_of(here);
      // On a slow network its share of the time is known only roughly; that alone must not make batches tiny.
      const bool too_long = batch.work() > 2 * orders_.batch_time.value_or(kTooLong / 2);
      const std::int64_t next =
          std::max(size_after(here.step, batch), too_long ? 1 : std::min(here.step, first_step / 10));
      here.step = whole_step ? next : std::min(here.step, next);
      // What is left of a place says nothing about the next one: where rows are dense, every other batch would be
      // such a rest.
      if (too_long) here.fits /= 2;
      here.limit = most(std::max(here.fits, kSweepRows + 2 * rows));
    } else {
      // Where little matched the step grew long, and now much matches: this place again with shorter steps,
      // or one transaction would take it all.
      here.limit = here.fits = most(next_limit(here.limit, batch));
      here.step = std::max(first_step, here.step / 4);
    }
    return here;
  }

  void add_sweeps(const Selection& piece, std::vector<BatchRows>& sweeps) const {
    if (waits_are_known(database_)) {
      const auto free = [this](session::Statement& statement) {
        return not_in_hand(statement) + " AND " + nobody_waits(statement);
      };
      sweeps.push_back({&piece, free, 0});
    }
    // What is left, if it waits at all, waits in a circle.
    sweeps.push_back({&piece, [this](session::Statement& statement) { return not_in_hand(statement); }, 0});
  }

  std::string not_in_hand(session::Statement& statement) const {
    return orders_.include_held ? "1 = 1" : "NOT " + is_in_hand(statement, database_, "t");
  }

  std::string nobody_waits(session::Statement& statement) const {
    const Selection& all = orders_.selection;
    const std::string who = all.dependents == Dependents::left ? all.where(statement, database_, "w") : std::string();
    return "NOT " + is_awaited(statement, database_, "t", who);
  }

  /// Each until it finds nothing more.
  void sweep(const std::vector<BatchRows>& sweeps) {
    struct Place {
      std::size_t sweep;
      std::int64_t limit;
    };
    Place here{0, most(kSweepRows)};
    const auto rows_of = [&](const Place& place) {
      BatchRows rows = sweeps[place.sweep];
      rows.limit = place.limit;
      return rows;
    };
    int failures = 0;
    while (here.sweep < sweeps.size() && !run_.stopped()) {
      Place then = here;
      try {
        run_batch(rows_of(here), [&](const BatchResult& batch) -> std::optional<BatchRows> {
          then = batch.deleted.empty() ? Place{here.sweep + 1, most(kSweepRows)}
                                       : Place{here.sweep, most(next_limit(here.limit, batch))};
          if (holds(batch) || then.sweep == sweeps.size() || run_.stopped()) return std::nullopt;
          return rows_of(then);
        });
        here = then;
        failures = 0;
        rest();
      } catch (const Error& error) {
        if (!worth_another_try(error)) throw;
        run_.wait_for_locks();
        here.limit = std::max<std::int64_t>(1, here.limit / 4);
        if (++failures < kAttempts) continue;
        // Rows that stay locked, or can't be found in time, are counted and left; anything else is an error.
        if (error.sqlstate() != sqlstate::kLockTimeout && error.sqlstate() != sqlstate::kCanceled) throw;
        here = {here.sweep + 1, kSweepRows};
        failures = 0;
      }
    }
  }

  void run_batch(const BatchRows& rows, const Batch::Next& next) { run_.add(batch_.run(rows, next)); }

  std::int64_t most(std::int64_t limit) const { return orders_.brake == nullptr ? limit : orders_.brake->most(limit); }

  /// After a batch that is about to be committed: the next one must not wait in an open transaction.
  bool holds(const BatchResult& batch) const {
    if (orders_.brake != nullptr) orders_.brake->add(backup::total(batch.deleted) + batch.other_rows.total());
    return is_held_back();
  }

  bool is_held_back() const { return orders_.brake != nullptr && orders_.brake->rest().count() > 0; }

  /// Between two batches, unless the next one is on its way.
  void rest() {
    while (!batch_.is_ahead() && is_held_back() && !run_.stopped()) {
      const auto began = std::chrono::steady_clock::now();
      run_.report_brake(orders_.brake->words());
      orders_.pause(orders_.brake->rest());
      run_.held_back(std::chrono::steady_clock::now() - began);
      std::vector<session::Request> alone;
      add_look(alone);
      if (alone.empty()) continue;
      const session::Transaction transaction(database_.session, kCounting);
      database_.session.send(std::move(alone));
      database_.session.await(1);
    }
  }

  void add_look(std::vector<session::Request>& together) const {
    if (orders_.brake == nullptr || !orders_.brake->wants_a_look()) return;
    if (auto look = orders_.brake->look(database_.dialect)) together.push_back(std::move(*look));
  }

  bool kept() const { return orders_.sink != nullptr; }

  std::int64_t next_limit(std::int64_t limit, const BatchResult& batch) const {
    return std::clamp<std::int64_t>(size_after(limit, batch), 100, 50'000);
  }

  std::int64_t size_after(std::int64_t size, const BatchResult& batch) const {
    return next_size(size, batch, kept(), orders_.batch_time);
  }

  /// Nothing when it takes too long.
  template <class Count>
  auto in_time(const Count& count) -> std::optional<decltype(count())> {
    try {
      const session::Transaction transaction(database_.session, kCounting);
      return count();
    } catch (const Error& error) {
      if (error.sqlstate() == sqlstate::kCanceled) return std::nullopt;
      throw;
    }
  }

  std::optional<Remaining> count() {
    return in_time([&] { return count_remaining(database_, orders_.selection); });
  }

  std::optional<std::int64_t> held_now(const Remaining& remaining) {
    if (remaining.previewed == 0 || orders_.include_held) return 0;
    return in_time([&] { return std::min(remaining.previewed, count_selection(database_, orders_.selection).held()); });
  }

  std::optional<std::int64_t> awaited_now() {
    if (orders_.selection.dependents == Dependents::left) return 0;
    return in_time([&] { return count_awaited(database_, orders_.selection); });
  }

  const session::Database& database_;
  const DeletionPlan& orders_;
  DeletionRun& run_;
  Batch batch_;
};

void walk_side_by_side(const DeletionPlan& orders, const Deleter::Facts& facts, Deleter& first, DeletionRun& run) {
  PageWalk pages(facts.end, orders.beside.size() + 1);
  const auto work = [&pages](Deleter& one) {
    one.guarded([&] { one.walk(pages); });
    pages.leave();
  };
  std::vector<std::unique_ptr<Deleter>> beside;
  for (const SessionBeside& one : orders.beside) {
    beside.push_back(std::make_unique<Deleter>(one.database, orders, one.sink, run));
    beside.back()->weigh(facts.heavy);
  }
  Threads threads;
  for (const auto& deleter : beside) {
    if (!threads.start([&work, one = deleter.get()] { work(*one); })) pages.leave();
  }
  work(first);
}

}  // namespace

/// Ids are found by the key, a few rows of a state or a queue by its index. No index serves most other conditions: each
/// search for those would read the whole table.
bool DeletionPlan::walks() const {
  return selection.filter.ids.empty() && (expected > kSweepRows || !selection.filter.selects_everything());
}

DeletionResult delete_tasks(const session::Database& database, const DeletionPlan& orders) {
  const auto started = std::chrono::steady_clock::now();
  DeletionRun run(orders);
  Deleter first(database, orders, orders.sink, run);
  first.guarded([&] {
    const Deleter::Facts facts = first.look();
    first.weigh(facts.heavy);
    if (orders.walks()) walk_side_by_side(orders, facts, first, run);
    else first.sweep_all();
  });
  if (!run.stopped()) first.guarded([&] { first.finish(run.end()); });
  DeletionResult result = std::move(run.end());
  result.took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started);
  return result;
}

}  // namespace akqueue::queue

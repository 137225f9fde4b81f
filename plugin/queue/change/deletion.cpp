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
#include "queue/change/left_over.hpp"
#include "queue/change/page_walk.hpp"
#include "queue/change/session_brake.hpp"
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
        brake_(database, orders, run),
        left_(database, orders),
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
    brake_.rest();
    Walk here{.range = {}, .step = database_.dialect.first_step(), .limit = brake_.most(kSweepRows)};
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
          if (brake_.holds(batch) || then.range.empty() || run_.stopped()) return std::nullopt;
          return rows_at(then);
        });
        here = then;
        failures = 0;
        share_rest(here, pages);
        if (!batch_.is_ahead()) brake_.rest();
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
    brake_.add_look(together);
    together.push_back(session::rollback_request());
    database_.session.send(std::move(together));
    database_.session.await(database_.session.awaited());
    return facts;
  }

  /// Sweeps up what is left of the selection and counts what has to stay; one scan where nothing is left.
  void finish(DeletionResult& result) {
    const bool sure = left_.look();
    // What live workers hold stays, without a sweep.
    if (sure && left_.more_than_held() && orders_.walks()) {
      sweep_all();
      if (run_.stopped()) return;
      left_.look();
    }
    left_.tell(result);
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
      here.limit = brake_.most(std::max(here.fits, kSweepRows + 2 * rows));
    } else {
      // Where little matched the step grew long, and now much matches: this place again with shorter steps,
      // or one transaction would take it all.
      here.limit = here.fits = brake_.most(next_limit(here.limit, batch));
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
    const std::string who =
        all.dependents == Dependents::left ? all.where(statement, database_, "w", Row::found) : std::string();
    return "NOT " + is_awaited(statement, database_, "t", who);
  }

  /// Each until it finds nothing more.
  void sweep(const std::vector<BatchRows>& sweeps) {
    struct Place {
      std::size_t sweep;
      std::int64_t limit;
    };
    Place here{0, brake_.most(kSweepRows)};
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
          then = batch.deleted.empty() ? Place{here.sweep + 1, brake_.most(kSweepRows)}
                                       : Place{here.sweep, brake_.most(next_limit(here.limit, batch))};
          if (brake_.holds(batch) || then.sweep == sweeps.size() || run_.stopped()) return std::nullopt;
          return rows_of(then);
        });
        here = then;
        failures = 0;
        if (!batch_.is_ahead()) brake_.rest();
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

  bool kept() const { return orders_.sink != nullptr; }

  std::int64_t next_limit(std::int64_t limit, const BatchResult& batch) const {
    return std::clamp<std::int64_t>(size_after(limit, batch), 100, 50'000);
  }

  std::int64_t size_after(std::int64_t size, const BatchResult& batch) const {
    return next_size(size, batch, kept(), orders_.batch_time);
  }

  const session::Database& database_;
  const DeletionPlan& orders_;
  DeletionRun& run_;
  SessionBrake brake_;
  LeftOver left_;
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

#include "queue/change/deletion.hpp"

#include <algorithm>
#include <array>

#include "akqueue/sqlstate.hpp"
#include "akqueue/tasks.hpp"
#include "queue/change/batch_size.hpp"
#include "queue/change/large_row.hpp"
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

class Deleter {
 public:
  Deleter(const session::Database& database, const DeletionPlan& orders)
      : database_(database),
        orders_(orders),
        batch_(database, orders.selection, orders.include_held, orders.sink, {}) {}

  DeletionResult run() {
    const auto started = std::chrono::steady_clock::now();
    try {
      if (found_by_index()) {
        sweep_all();
      } else {
        walk();
      }
      batch_.abandon();  // one that travelled ahead of a stop
      if (!stopped()) finish();
    } catch (const Error& error) {
      batch_.abandon();
      result_.ending = error.code() == ErrorCode::interrupted ? Ending::interrupted : Ending::failed;
      result_.failure = with_large_row(database_, error);
      result_.in_doubt = batch_.in_doubt();
    }
    result_.took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started);
    return std::move(result_);
  }

 private:
  /// Ids are found by the key, a few rows of a state or a queue by its index. No index serves most other conditions:
  /// each search for those would read the whole table.
  bool found_by_index() const {
    const TaskFilter& filter = orders_.selection.filter;
    if (!filter.ids.empty()) return true;
    return orders_.expected <= kSweepRows && filter.selects_everything();
  }

  /// How far the walk is, and how large its next batch.
  struct Walk {
    std::int64_t at = 0;
    std::int64_t step = 0;
    std::int64_t limit = kSweepRows;
    std::int64_t fits = 0;  ///< rows that a batch which came up to its limit would have had time for
  };

  /// From the first physical row to the last that existed at the start.
  void walk() {
    const std::int64_t end = read_extent();
    Walk here{.step = database_.dialect.first_step()};
    int failures = 0;
    while (here.at < end && !stopped()) {
      Walk then = here;
      try {
        run_batch(rows_at(here, end), [&](const BatchResult& batch) -> std::optional<BatchRows> {
          then = after(here, batch, end);
          if (then.at >= end || orders_.stop()) return std::nullopt;
          return rows_at(then, end);
        });
        here = then;
        failures = 0;
      } catch (const Error& error) {
        if (!worth_another_try(error)) throw;
        report(true);
        here.step = std::max<std::int64_t>(1, here.step / 4);
        here.limit = here.fits = std::max<std::int64_t>(1, here.limit / 4);
        // The sweep comes back for what is still in the way.
        if (++failures == kAttempts) here.at = std::min(end, here.at + here.step), failures = 0;
      }
    }
  }

  BatchRows rows_at(const Walk& here, std::int64_t end) const {
    const std::int64_t from = here.at;
    const std::int64_t to = std::min(end, here.at + here.step);
    return {&orders_.selection,
            [this, from, to](session::Statement& statement) {
              return database_.dialect.in_range(statement, "t", from, to) + " AND " + not_in_hand(statement);
            },
            here.limit};
  }

  Walk after(Walk here, const BatchResult& batch, std::int64_t end) const {
    const std::int64_t first_step = database_.dialect.first_step();
    const std::int64_t rows = backup::total(batch.deleted);
    if (rows < here.limit) {
      here.at = std::min(end, here.at + here.step);
      // On a slow network its share of the time is known only roughly; that alone must not make batches tiny.
      const bool too_long = batch.work() > kTooLong;
      here.step = std::max(next_size(here.step, batch, kept()), too_long ? 1 : std::min(here.step, first_step / 10));
      // What is left of a place says nothing about the next one: where rows are dense, every other batch would be
      // such a rest.
      if (too_long) here.fits /= 2;
      here.limit = std::max(here.fits, kSweepRows + 2 * rows);
    } else {
      // Where little matched the step grew long, and now much matches: this place again with shorter steps,
      // or one transaction would take it all.
      here.limit = here.fits = next_limit(here.limit, batch);
      here.step = std::max(first_step, here.step / 4);
    }
    return here;
  }

  /// Sweeps up what is left of the selection and counts what has to stay; one scan where nothing is left.
  void finish() {
    std::optional<Remaining> remaining = count();
    std::optional<std::int64_t> held = remaining ? held_now(*remaining) : std::nullopt;
    // What live workers hold stays, without a sweep.
    if (remaining && held && remaining->previewed > *held && !found_by_index()) {
      sweep_all();
      if (stopped()) return;
      remaining = count();
      held = remaining ? held_now(*remaining) : std::nullopt;
    }
    if (!remaining || !held) return;
    result_.remaining = remaining->now;
    result_.arrived = remaining->now - remaining->previewed;
    result_.held = *held;
    const std::optional<std::int64_t> awaited = awaited_now();
    if (!awaited) return;
    result_.awaited = *awaited;
    const bool among_previewed = orders_.selection.dependents == Dependents::along;
    result_.locked = std::max<std::int64_t>(0, remaining->previewed - *held - (among_previewed ? *awaited : 0));
    result_.counted = true;
  }

  /// What waits in one piece for a task of another goes in a later round.
  void sweep_all() {
    const std::vector<Selection> pieces = orders_.selection.pieces();
    std::vector<BatchRows> sweeps;
    for (const Selection& piece : pieces) add_sweeps(piece, sweeps);
    std::int64_t before = -1;
    while (deleted_ > before && !stopped()) {
      before = deleted_;
      sweep(sweeps);
      if (pieces.size() == 1 || !waits_are_known(database_)) return;
    }
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
    Place here{0, kSweepRows};
    const auto rows_of = [&](const Place& place) {
      BatchRows rows = sweeps[place.sweep];
      rows.limit = place.limit;
      return rows;
    };
    int failures = 0;
    while (here.sweep < sweeps.size() && !stopped()) {
      Place then = here;
      try {
        run_batch(rows_of(here), [&](const BatchResult& batch) -> std::optional<BatchRows> {
          then = batch.deleted.empty() ? Place{here.sweep + 1, kSweepRows}
                                       : Place{here.sweep, next_limit(here.limit, batch)};
          if (then.sweep == sweeps.size() || orders_.stop()) return std::nullopt;
          return rows_of(then);
        });
        here = then;
        failures = 0;
      } catch (const Error& error) {
        if (!worth_another_try(error)) throw;
        report(true);
        here.limit = std::max<std::int64_t>(1, here.limit / 4);
        if (++failures < kAttempts) continue;
        // Rows that stay locked, or can't be found in time, are counted and left; anything else is an error.
        if (error.sqlstate() != sqlstate::kLockTimeout && error.sqlstate() != sqlstate::kCanceled) throw;
        here = {here.sweep + 1, kSweepRows};
        failures = 0;
      }
    }
  }

  void run_batch(const BatchRows& rows, const Batch::Next& next) {
    const BatchResult batch = batch_.run(rows, next);
    for (const auto& [key, count] : batch.deleted) result_.deleted[key] += count;
    deleted_ += backup::total(batch.deleted);
    result_.other_rows += batch.other_rows;
    result_.longest = std::max(result_.longest, batch.took);
    ++result_.batches;
    report(false);
    check_end();
  }

  /// A trigger that puts rows back as they are deleted would keep this going for ever.
  void check_end() const {
    constexpr std::int64_t kFewRows = 1000;
    if (deleted_ <= 2 * std::max(orders_.expected, kFewRows)) return;
    throw Error(ErrorCode::unsupported,
                "twice as many tasks were deleted as the preview counted: something in the database puts them back",
                "look for a trigger on " + database_.task().name + ": kubectl akqueue schema shows them");
  }

  bool kept() const { return orders_.sink != nullptr; }

  std::int64_t next_limit(std::int64_t limit, const BatchResult& batch) const {
    return std::clamp<std::int64_t>(next_size(limit, batch, kept()), 100, 50'000);
  }

  std::int64_t read_extent() {
    const session::Transaction transaction(database_.session, kCounting);
    std::int64_t end = 0;
    database_.session.query({database_.dialect.extent(database_.task())},
                            [&](const session::Value& row) { end = session::integer(row.at(0)); });
    return end;
  }

  /// Nothing when it takes too long.
  std::optional<Remaining> count() {
    try {
      const session::Transaction transaction(database_.session, kCounting);
      return count_remaining(database_, orders_.selection);
    } catch (const Error& error) {
      if (error.sqlstate() == sqlstate::kCanceled) return std::nullopt;
      throw;
    }
  }

  /// Nothing when it takes too long.
  std::optional<std::int64_t> held_now(const Remaining& remaining) {
    if (remaining.previewed == 0 || orders_.include_held) return 0;
    try {
      const session::Transaction transaction(database_.session, kCounting);
      return std::min(remaining.previewed, count_selection(database_, orders_.selection).held());
    } catch (const Error& error) {
      if (error.sqlstate() == sqlstate::kCanceled) return std::nullopt;
      throw;
    }
  }

  /// Nothing when it takes too long.
  std::optional<std::int64_t> awaited_now() {
    if (orders_.selection.dependents == Dependents::left) return 0;
    try {
      const session::Transaction transaction(database_.session, kCounting);
      return count_awaited(database_, orders_.selection);
    } catch (const Error& error) {
      if (error.sqlstate() == sqlstate::kCanceled) return std::nullopt;
      throw;
    }
  }

  bool stopped() {
    if (result_.ending == Ending::complete && orders_.stop()) result_.ending = Ending::interrupted;
    return result_.ending != Ending::complete;
  }

  void report(bool waiting) { orders_.progress({deleted_, orders_.expected, waiting}); }

  const session::Database& database_;
  const DeletionPlan& orders_;
  Batch batch_;
  DeletionResult result_;
  std::int64_t deleted_ = 0;
};

}  // namespace

DeletionResult delete_tasks(const session::Database& database, const DeletionPlan& orders) {
  return Deleter(database, orders).run();
}

}  // namespace akqueue::queue

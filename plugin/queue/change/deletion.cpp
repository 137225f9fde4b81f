#include "queue/change/deletion.hpp"

#include <algorithm>
#include <array>

#include "akqueue/sqlstate.hpp"
#include "akqueue/tasks.hpp"
#include "queue/change/dependencies.hpp"
#include "queue/change/large_row.hpp"

namespace akqueue {
namespace {

using Milliseconds = std::chrono::milliseconds;

/// Few rows are found faster by their index, or by one scan, than by a walk over the whole table.
constexpr std::int64_t kSweepRows = 2000;
constexpr int kAttempts = 5;
/// The rows are gone by then: their count is worth a minute of the database's time, not more.
constexpr TransactionSettings kCounting{.read_only = true, .statement_timeout_ms = 60'000};

/// Somebody else is in the way, or the batch was too large: smaller or later may do.
bool worth_another_try(const Error& error) {
  // A foreign key is violated where a log row came in between.
  constexpr std::array kPassing{sqlstate::kLockTimeout, sqlstate::kCanceled, sqlstate::kDeadlock,
                                sqlstate::kSerializationFailure, sqlstate::kForeignKeyViolation};
  return error.code() == ErrorCode::sql && std::ranges::find(kPassing, error.sqlstate()) != kPassing.end();
}

class Deleter {
 public:
  Deleter(const Database& database, const DeletionPlan& orders)
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
      if (!stopped()) finish();
    } catch (const Error& error) {
      result_.ending = error.code() == ErrorCode::interrupted ? Ending::interrupted : Ending::failed;
      result_.failure = with_large_row(database_, error);
      result_.in_doubt = batch_.in_doubt();
    }
    result_.took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started);
    return std::move(result_);
  }

 private:
  /// Ids have the key, a few rows of a state or a queue theirs. No index serves most other conditions: searching for
  /// those again and again would read the whole table each time.
  bool found_by_index() const {
    const TaskFilter& filter = orders_.selection.filter;
    if (!filter.ids.empty()) return true;
    return orders_.expected <= kSweepRows && filter.selects_everything();
  }

  /// From the first physical row to the last that there was at the start.
  void walk() {
    const std::int64_t end = read_extent();
    const std::int64_t first_step = database_.dialect.first_step();
    std::int64_t step = first_step;
    std::int64_t limit = kSweepRows;
    int failures = 0;
    for (std::int64_t at = 0; at < end && !stopped();) {
      const std::int64_t to = std::min(end, at + step);
      try {
        const BatchResult batch = run_batch(
            orders_.selection,
            [&](Statement& statement) {
              return database_.dialect.in_range(statement, "t", at, to) + " AND " + not_held(statement);
            },
            limit);
        failures = 0;
        const std::int64_t rows = total(batch.deleted);
        if (rows < limit) {
          at = to;
          // On a slow line the time on the way is known roughly; it alone must not make batches tiny.
          const bool too_long = batch.work() > kTooLong;
          step = std::max(next_size(step, batch, kept()), too_long ? 1 : std::min(step, first_step / 10));
          limit = kSweepRows + 2 * rows;
        } else {
          // A stretch where little matched had made the step long, and now much does: the same place again, with
          // shorter steps, or one transaction would take it all.
          limit = next_limit(limit, batch);
          step = std::max(first_step, step / 4);
        }
      } catch (const Error& error) {
        if (!worth_another_try(error)) throw;
        report(true);
        step = std::max<std::int64_t>(1, step / 4);
        limit = std::max<std::int64_t>(1, limit / 4);
        // The sweep comes back for what is still in the way.
        if (++failures == kAttempts) at = to, failures = 0;
      }
    }
  }

  /// Sweeps up what is left of the selection and counts what has to stay. Nothing left needs no sweep: one scan.
  void finish() {
    std::optional<Remaining> remaining = count();
    std::optional<std::int64_t> held = remaining ? held_now(*remaining) : std::nullopt;
    // What live workers hold needs no sweep: it stays.
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
    result_.locked = remaining->previewed - result_.held;
    result_.counted = true;
  }

  void sweep_all() {
    for (const Selection& piece : orders_.selection.pieces()) {
      if (has_dependencies())
        sweep(piece, [&](Statement& statement) {
          return not_held(statement) + " AND NOT " + is_awaited(statement, database_, orders_.selection, "t");
        });
      // What is left waits for each other in a circle, if it waits.
      sweep(piece, [&](Statement& statement) { return not_held(statement); });
    }
  }

  bool has_dependencies() const { return database_.referencing(kDependencyTable) != nullptr; }

  void sweep(const Selection& piece, const Batch::Restriction& condition) {
    int failures = 0;
    for (std::int64_t limit = kSweepRows; !stopped();) {
      try {
        const BatchResult batch = run_batch(piece, condition, limit);
        if (batch.deleted.empty()) return;
        failures = 0;
        limit = next_limit(limit, batch);
      } catch (const Error& error) {
        if (!worth_another_try(error)) throw;
        report(true);
        limit = std::max<std::int64_t>(1, limit / 4);
        if (++failures < kAttempts) continue;
        // Rows that stay locked, or can't be found in time, are counted and left; what else does not pass is an error.
        if (error.sqlstate() == sqlstate::kLockTimeout || error.sqlstate() == sqlstate::kCanceled) return;
        throw;
      }
    }
  }

  std::string not_held(Statement& statement) const {
    if (orders_.include_held) return "1 = 1";
    const std::vector<std::string> taken(task_state::kTaken.begin(), task_state::kTaken.end());
    return "NOT (" + any_of(statement, "t", "state", taken) + " AND " + database_.dialect.held("t") + ")";
  }

  BatchResult run_batch(const Selection& selection, const Batch::Restriction& condition, std::int64_t limit) {
    BatchResult batch = batch_.run(selection, condition, limit);
    for (const auto& [key, count] : batch.deleted) result_.deleted[key] += count;
    deleted_ += total(batch.deleted);
    result_.other_rows += batch.other_rows;
    result_.longest = std::max(result_.longest, batch.took);
    ++result_.batches;
    report(false);
    check_end();
    return batch;
  }

  /// A trigger of the site that puts rows back as they go would be served for ever.
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
    const Transaction transaction(database_.session, kCounting);
    std::int64_t end = 0;
    database_.session.query({database_.dialect.extent(database_.task())},
                            [&](const Value& row) { end = integer(row.at(0)); });
    return end;
  }

  /// Nothing when it takes too long.
  std::optional<Remaining> count() {
    try {
      const Transaction transaction(database_.session, kCounting);
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
      const Transaction transaction(database_.session, kCounting);
      return std::min(remaining.previewed, survey(database_, orders_.selection).held());
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

  const Database& database_;
  const DeletionPlan& orders_;
  Batch batch_;
  DeletionResult result_;
  std::int64_t deleted_ = 0;
};

}  // namespace

DeletionResult delete_tasks(const Database& database, const DeletionPlan& orders) {
  return Deleter(database, orders).run();
}

}  // namespace akqueue

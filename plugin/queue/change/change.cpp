#include "queue/change/change.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "akqueue/sqlstate.hpp"
#include "queue/change/batch_size.hpp"
#include "queue/change/large_row.hpp"

namespace akqueue::queue {
namespace {

/// Few rows are found faster by one scan than by a walk over the whole table.
constexpr std::int64_t kFewChanges = 2000;
/// Until it is known how many have the time: where little matches a step grows long, and then it may be full of them.
constexpr std::int64_t kFirstInBatch = 500;
constexpr std::int64_t kMostInBatch = 20'000;
constexpr std::ptrdiff_t kOrphansAtOnce = 1000;
/// What a transaction should take: it writes into every index of the table, whose time varies more than a deletion's.
constexpr std::chrono::milliseconds kChangeTime{120};
constexpr int kChangeAttempts = 5;
constexpr session::TransactionSettings kCountingChanges{.read_only = true, .statement_timeout_ms = 60'000};

/// Somebody else is in the way, or the batch was too large.
bool may_pass(const Error& error) {
  constexpr std::array kPassing{sqlstate::kLockTimeout, sqlstate::kCanceled, sqlstate::kDeadlock,
                                sqlstate::kSerializationFailure, sqlstate::kForeignKeyViolation};
  return error.code() == ErrorCode::sql && std::ranges::find(kPassing, error.sqlstate()) != kPassing.end();
}

class Changer {
 public:
  Changer(const session::Database& database, const ChangePlan& plan)
      : database_(database), plan_(plan), batch_(database, plan.ways, *plan.record, {}) {}

  ChangeResult run() {
    const auto started = std::chrono::steady_clock::now();
    try {
      const bool listed = !plan_.selection.filter.ids.empty() || plan_.selection.orphans;
      if (!listed && plan_.expected > kFewChanges) walk();
      sweep_all();
      if (!over()) count();
    } catch (const Error& error) {
      result_.ending = error.code() == ErrorCode::interrupted ? Ending::interrupted : Ending::failed;
      result_.failure = with_large_row(database_, error);
      result_.in_doubt = batch_.in_doubt();
    }
    result_.unreadable = static_cast<std::int64_t>(unreadable_.size());
    result_.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    return std::move(result_);
  }

 private:
  /// From the first physical row to the last that existed at the start.
  void walk() {
    const std::int64_t end = read_end();
    std::int64_t step = database_.dialect.first_step();
    int failures = 0;
    for (std::int64_t at = 0; at < end && !over();) {
      const std::int64_t to = std::min(end, at + step);
      const std::int64_t allowed = allowance();
      if (allowed == 0) return;
      try {
        const ChangeBatchResult batch = run_batch(
            plan_.selection,
            [&](session::Statement& statement) { return database_.dialect.in_range(statement, "t", at, to); }, allowed);
        failures = 0;
        // Rows that were passed over count as well: what is left of this place is looked at again.
        const bool whole = std::cmp_less(batch.ids.size() + batch.unreadable.size(), allowed);
        if (whole) {
          at = to;
          step = next_size(step, batch.cost, true, kChangeTime);
          limit_ = std::max(kFirstInBatch, size_after(static_cast<std::int64_t>(batch.ids.size()), batch));
        } else {
          step = std::max<std::int64_t>(1, step / 2);
          limit_ = size_after(limit_, batch);
        }
      } catch (const Error& error) {
        if (!may_pass(error)) throw;
        report(true);
        step = std::max<std::int64_t>(1, step / 4);
        // The sweep comes back for what is still in the way.
        if (++failures == kChangeAttempts) at = to, failures = 0;
      }
    }
  }

  /// Until a round finds nothing more.
  void sweep_all() {
    for (const Selection& piece : pieces()) {
      int failures = 0;
      while (!over()) {
        const std::int64_t allowed = allowance();
        if (allowed == 0) return;
        try {
          const ChangeBatchResult batch =
              run_batch(piece, [](session::Statement&) { return std::string("1 = 1"); }, allowed);
          failures = 0;
          if (std::cmp_less(batch.ids.size() + batch.unreadable.size(), allowed)) break;
          limit_ = size_after(limit_, batch);
        } catch (const Error& error) {
          if (!may_pass(error)) throw;
          report(true);
          limit_ = std::max<std::int64_t>(1, limit_ / 4);
          if (++failures == kChangeAttempts) break;
        }
      }
    }
  }

  /// A list of orphans goes with every batch's statement, which looks all of them up: better few at a time.
  std::vector<Selection> pieces() const {
    std::vector<Selection> all;
    for (Selection& piece : plan_.selection.pieces()) {
      const auto orphans = std::exchange(piece.orphans, std::nullopt).value_or(std::vector<Uuid>());
      for (auto from = orphans.begin(); from != orphans.end();) {
        const auto to = from + std::min<std::ptrdiff_t>(kOrphansAtOnce, orphans.end() - from);
        all.push_back(piece);
        all.back().orphans.emplace(from, to);
        from = to;
      }
      if (!plan_.selection.orphans) all.push_back(std::move(piece));
    }
    return all;
  }

  ChangeBatchResult run_batch(const Selection& selection, const BatchRows::Restriction& condition, std::int64_t limit) {
    ChangeBatchResult batch = batch_.run(
        selection,
        [&](session::Statement& statement) {
          const std::string where = condition(statement);
          if (unreadable_.empty()) return where;
          const std::string listed = database_.dialect.listed(statement, unreadable_);
          return where + " AND NOT (" + database_.dialect.among("t.message_id", listed) + ")";
        },
        limit);
    ++result_.batches;
    result_.longest = std::max(result_.longest, batch.cost.took);
    result_.log_rows += batch.log_rows;
    for (const auto& [key, tasks] : batch.changed) result_.changed[key] += tasks;
    changed_ += static_cast<std::int64_t>(batch.ids.size());
    unreadable_.insert(unreadable_.end(), batch.unreadable.begin(), batch.unreadable.end());
    if (!batch.ids.empty()) plan_.changed(batch.ids);
    report(false);
    return batch;
  }

  static std::int64_t size_after(std::int64_t size, const ChangeBatchResult& batch) {
    return std::clamp<std::int64_t>(next_size(size, batch.cost, true, kChangeTime), 1, kMostInBatch);
  }

  /// Once all are changed there is nothing to wait for: it is only seen whether more is there.
  std::int64_t allowance() {
    if (plan_.expected > 0 && changed_ >= plan_.expected) return limit_;
    return std::max<std::int64_t>(0, plan_.allow(changed_, limit_));
  }

  std::int64_t read_end() {
    const session::Transaction transaction(database_.session, kCountingChanges);
    std::int64_t end = 0;
    database_.session.query({database_.dialect.extent(database_.task())},
                            [&](const session::Value& row) { end = session::integer(row.at(0)); });
    return end;
  }

  /// Of what the preview counted: what is still as it was, and could be taken, is locked. Not known when it takes too
  /// long.
  void count() {
    try {
      const session::Transaction transaction(database_.session, kCountingChanges);
      const std::int64_t left = judge(database_, plan_.selection, plan_.ways).taken();
      const auto unreadable = static_cast<std::int64_t>(unreadable_.size());
      result_.locked = std::max<std::int64_t>(0, left - unreadable);
      result_.moved = std::max<std::int64_t>(0, plan_.expected - changed_ - unreadable - result_.locked);
      result_.counted = true;
    } catch (const Error& error) {
      if (error.sqlstate() != sqlstate::kCanceled) throw;
    }
  }

  bool over() {
    if (result_.ending == Ending::complete && plan_.stop()) result_.ending = Ending::interrupted;
    return result_.ending != Ending::complete;
  }

  void report(bool waiting) { plan_.progress({changed_, plan_.expected, waiting}); }

  const session::Database& database_;
  const ChangePlan& plan_;
  ChangeBatch batch_;
  ChangeResult result_;
  std::int64_t limit_ = kFirstInBatch;
  std::int64_t changed_ = 0;
  std::vector<Uuid> unreadable_;
};

}  // namespace

ChangeResult change_tasks(const session::Database& database, const ChangePlan& plan) {
  return Changer(database, plan).run();
}

}  // namespace akqueue::queue

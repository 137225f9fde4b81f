#include "queue/change/left_over.hpp"

#include <algorithm>

#include "akqueue/sqlstate.hpp"
#include "queue/measure/dependent_counts.hpp"

namespace akqueue::queue {
namespace {

/// The rows are gone by then: counting them is worth a minute of the database's time, not more.
constexpr session::TransactionSettings kCountingWhatIsLeft{.read_only = true, .statement_timeout_ms = 60'000};

}  // namespace

/// Nothing when it takes too long.
template <class Count>
auto LeftOver::in_time(const Count& count) const -> std::optional<decltype(count())> {
  try {
    const session::Transaction transaction(database_.session, kCountingWhatIsLeft);
    return count();
  } catch (const Error& error) {
    if (error.sqlstate() == sqlstate::kCanceled) return std::nullopt;
    throw;
  }
}

bool LeftOver::look() {
  remaining_ = in_time([&] { return count_remaining(database_, orders_.selection); });
  held_ = remaining_ ? count_held() : std::nullopt;
  return remaining_ && held_;
}

std::optional<std::int64_t> LeftOver::count_held() const {
  if (remaining_->previewed == 0 || orders_.include_held) return 0;
  return in_time([&] { return std::min(remaining_->previewed, count_selection(database_, orders_.selection).held()); });
}

std::optional<std::int64_t> LeftOver::count_awaited_ones() const {
  if (orders_.selection.dependents == Dependents::left) return 0;
  return in_time([&] { return count_awaited(database_, orders_.selection); });
}

void LeftOver::tell(DeletionResult& result) const {
  if (!remaining_ || !held_) return;
  result.remaining = remaining_->now;
  result.arrived = remaining_->now - remaining_->previewed;
  result.held = *held_;
  const std::optional<std::int64_t> awaited = count_awaited_ones();
  if (!awaited) return;
  result.awaited = *awaited;
  const bool among_previewed = orders_.selection.dependents == Dependents::along;
  result.locked = std::max<std::int64_t>(0, remaining_->previewed - *held_ - (among_previewed ? *awaited : 0));
  result.counted = true;
}

}  // namespace akqueue::queue

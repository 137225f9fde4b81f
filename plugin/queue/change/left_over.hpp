// What a deletion leaves of its selection, and why.
#pragma once

#include <cstdint>
#include <optional>

#include "queue/change/deletion.hpp"

namespace akqueue::queue {

class LeftOver {
 public:
  LeftOver(const session::Database& database, const DeletionPlan& orders) : database_(database), orders_(orders) {}

  /// Counts what is left now, and what of it workers hold. False where that takes too long: then nothing is known.
  bool look();
  /// Whether more is left of what the preview showed than workers hold.
  bool more_than_held() const { return remaining_ && held_ && remaining_->previewed > *held_; }
  /// Puts what is known into the result.
  void tell(DeletionResult& result) const;

 private:
  template <class Count>
  auto in_time(const Count& count) const -> std::optional<decltype(count())>;
  std::optional<std::int64_t> count_held() const;
  std::optional<std::int64_t> count_awaited_ones() const;

  const session::Database& database_;
  const DeletionPlan& orders_;
  std::optional<Remaining> remaining_;
  std::optional<std::int64_t> held_;
};

}  // namespace akqueue::queue

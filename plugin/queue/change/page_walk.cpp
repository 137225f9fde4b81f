#include "queue/change/page_walk.hpp"

#include <algorithm>

namespace akqueue::queue {

PageRange PageWalk::next(std::int64_t step) {
  PageRange range{at_, std::min(end_, at_ + step)};
  if (!given_back_.empty()) {
    range = given_back_.back();
    given_back_.pop_back();
  } else if (!range.empty()) {
    at_ = range.to;
  }
  return range;
}

PageRange PageWalk::take(std::int64_t step) {
  const std::scoped_lock hold(mutex_);
  return next(step);
}

PageRange PageWalk::wait(std::int64_t step) {
  std::unique_lock hold(mutex_);
  if (working_ > 0) --working_;
  changed_.notify_all();
  changed_.wait(hold, [&] { return working_ == 0 || at_ < end_ || !given_back_.empty(); });
  const PageRange range = next(step);
  if (!range.empty()) ++working_;
  return range;
}

void PageWalk::give_back(const PageRange& range) {
  const std::scoped_lock hold(mutex_);
  if (!range.empty()) given_back_.push_back(range);
  changed_.notify_all();
}

void PageWalk::leave() {
  const std::scoped_lock hold(mutex_);
  if (working_ > 0) --working_;
  changed_.notify_all();
}

}  // namespace akqueue::queue

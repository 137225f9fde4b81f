// The pages of a table, handed out in physical order to sessions that go through them side by side.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

namespace akqueue::queue {

/// Pages (on the replica: row ids) from `from` to before `to`.
struct PageRange {
  std::int64_t from = 0;
  std::int64_t to = 0;

  bool empty() const { return from >= to; }
};

/// Safe to use in several threads.
class PageWalk {
 public:
  /// Over all pages before `end`, for so many sessions, each of which must leave() at its end.
  PageWalk(std::int64_t end, std::size_t sessions) : end_(end), working_(sessions) {}

  /// The next range, of at most `step` pages unless it was given back; an empty one if there is none now.
  PageRange take(std::int64_t step);
  /// The same for a session that has nothing left to do: waits as long as another one works, which may give something
  /// back. An empty range is the end.
  PageRange wait(std::int64_t step);
  /// Pages that were taken and not gone through: somebody takes them later.
  void give_back(const PageRange& range);
  /// A session does nothing more, whatever the reason.
  void leave();

 private:
  PageRange next(std::int64_t step);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t at_ = 0;
  const std::int64_t end_;
  std::size_t working_;
  std::vector<PageRange> given_back_;
};

}  // namespace akqueue::queue

// What the sessions of one deletion share: its sums, its progress, and its end.
#pragma once

#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "queue/change/deletion.hpp"
#include "queue/change/shared_end.hpp"

namespace akqueue::queue {

/// Safe to use in several threads. Progress is told in the one that made it.
class DeletionRun {
 public:
  explicit DeletionRun(const DeletionPlan& orders) : orders_(orders), end_(orders.stop) {}

  /// A batch that was committed. Throws Error (unsupported) if something in the database puts the rows back: a trigger
  /// would keep this going for ever.
  void add(const BatchResult& batch);
  void wait_for_locks() { report(true); }
  /// The brake holds a session back, and has for so long.
  void report_brake(const std::string& words);
  void held_back(std::chrono::nanoseconds time);
  /// Tasks so far.
  std::int64_t deleted();

  // As SharedEnd has them; `in_doubt`: so many tasks.
  bool stopped() { return end_.reached(); }
  bool fail(const Error& error, std::int64_t in_doubt);
  void explain(const Error& error) { end_.explain(error); }
  void fail_unforeseen(std::exception_ptr thrown) { end_.fail_unforeseen(std::move(thrown)); }

  /// When no other session works any more.
  DeletionResult& end();

 private:
  void report(bool waiting, const std::string& brake = {});
  void check_end();

  const DeletionPlan& orders_;
  const std::thread::id made_in_ = std::this_thread::get_id();
  SharedEnd end_;
  std::mutex mutex_;
  DeletionResult result_;
  std::int64_t deleted_ = 0;
};

}  // namespace akqueue::queue

// What the sessions of one deletion share: its sums, its progress, and its end.
#pragma once

#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>

#include "queue/change/deletion.hpp"

namespace akqueue::queue {

/// Safe to use in several threads. Progress is told in the one that made it.
class DeletionRun {
 public:
  explicit DeletionRun(const DeletionPlan& orders) : orders_(orders) {}

  /// A batch that was committed. Throws Error (unsupported) if something in the database puts the rows back: a trigger
  /// would keep this going for ever.
  void add(const BatchResult& batch);
  void wait_for_locks() { report(true); }
  /// The brake holds a session back, and has for so long.
  void report_brake(const std::string& words);
  void held_back(std::chrono::nanoseconds time);
  /// Tasks so far.
  std::int64_t deleted();

  /// Whether to begin nothing more: it was asked to stop, or a session has failed.
  bool stopped();
  /// A session has failed, with so many tasks in doubt: the others end after their batch. What the first one throws is
  /// what ended it; true for that one.
  bool fail(const Error& error, std::int64_t in_doubt);
  /// The same error in better words.
  void explain(const Error& error);
  /// What is no Error: thrown by end().
  void fail_unforeseen(std::exception_ptr thrown);

  /// When no other session works any more.
  DeletionResult& end();

 private:
  void report(bool waiting, const std::string& brake = {});
  void check_end();

  const DeletionPlan& orders_;
  const std::thread::id made_in_ = std::this_thread::get_id();
  std::mutex mutex_;
  DeletionResult result_;
  std::int64_t deleted_ = 0;
  std::exception_ptr unforeseen_;
};

}  // namespace akqueue::queue

// How work ends that several sessions share: all of it, or once one of them fails or a person wants that.
#pragma once

#include <exception>
#include <functional>
#include <mutex>
#include <optional>

#include "akqueue/ending.hpp"
#include "akqueue/error.hpp"

namespace akqueue::queue {

/// Safe to use in several threads.
class SharedEnd {
 public:
  /// `stop`: whether a person wants the work to end.
  explicit SharedEnd(const std::function<bool()>& stop) : stop_(stop) {}

  /// Whether to begin nothing more.
  bool reached();
  /// A session has failed: the others end after their batch. What the first one throws is what ended the work; true for
  /// that one.
  bool fail(const Error& error);
  /// The same error in better words.
  void explain(const Error& error);
  /// What is no Error: thrown by check().
  void fail_unforeseen(std::exception_ptr thrown);

  // When no other session works any more.
  void check() const;
  Ending ending() const { return ending_; }
  const std::optional<Error>& failure() const { return failure_; }

 private:
  const std::function<bool()>& stop_;
  std::mutex mutex_;
  Ending ending_ = Ending::complete;
  std::optional<Error> failure_;
  std::exception_ptr unforeseen_;
};

}  // namespace akqueue::queue

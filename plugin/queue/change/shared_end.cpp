#include "queue/change/shared_end.hpp"

#include <utility>

namespace akqueue::queue {

bool SharedEnd::reached() {
  const std::scoped_lock hold(mutex_);
  if (unforeseen_) return true;
  if (ending_ == Ending::complete && stop_()) ending_ = Ending::interrupted;
  return ending_ != Ending::complete;
}

bool SharedEnd::fail(const Error& error) {
  const std::scoped_lock hold(mutex_);
  if (failure_) return false;
  ending_ = error.code() == ErrorCode::interrupted ? Ending::interrupted : Ending::failed;
  failure_ = error;
  return true;
}

void SharedEnd::explain(const Error& error) {
  const std::scoped_lock hold(mutex_);
  failure_ = error;
}

void SharedEnd::fail_unforeseen(std::exception_ptr thrown) {
  const std::scoped_lock hold(mutex_);
  if (!unforeseen_) unforeseen_ = std::move(thrown);
}

void SharedEnd::check() const {
  if (unforeseen_) std::rethrow_exception(unforeseen_);
}

}  // namespace akqueue::queue

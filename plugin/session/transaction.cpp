#include "session/session.hpp"

namespace akqueue::session {

Transaction::Transaction(Session& session, const TransactionSettings& settings, Unawaited) : session_(session) {
  std::vector<Request> begin;
  begin.push_back(begin_request(settings));
  session_.send(std::move(begin));
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    session_.rollback();
  } catch (...) {
    // The session is gone, and the transaction with it.
  }
}

void Transaction::commit() {
  open_ = false;
  session_.commit();
}

void Transaction::commit_ahead(std::function<void()> done) {
  open_ = false;
  std::vector<Request> commit;
  commit.push_back(commit_request());
  commit.front().on_done = [done = std::move(done)](const Value&) { done(); };
  session_.send(std::move(commit));
}

}  // namespace akqueue::session

#include "session/session.hpp"

namespace akqueue::session {

Transaction::Transaction(Session& session, const TransactionSettings& settings)
    : session_(session), only_reads_(settings.read_only), now_(std::make_shared<std::optional<Timestamp>>()) {
  if (only_reads_) session_.begin_quietly(settings, now_);
  else *now_ = session_.begin(settings);
}

Timestamp Transaction::now() const {
  if (!*now_) session_.take_quiet();
  if (!*now_) throw Error(ErrorCode::state, "the transaction did not begin");
  return **now_;
}

Transaction::Transaction(Session& session, const TransactionSettings& settings, Unawaited)
    : session_(session), now_(std::make_shared<std::optional<Timestamp>>()) {
  std::vector<Request> begin;
  begin.push_back(begin_request(settings));
  session_.send(std::move(begin));
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    if (only_reads_) session_.rollback_quietly();
    else session_.rollback();
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

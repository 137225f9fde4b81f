// Transactions of a session, and what of them nobody waits for.
#include "session/answer_error.hpp"
#include "session/session.hpp"

namespace akqueue::session {
namespace {

Timestamp time_told(const Value& reply) {
  const auto now = reply.contains("now") ? timestamp(reply["now"]) : std::nullopt;
  if (!now) throw Error(ErrorCode::protocol, "the peer began a transaction without telling its time", kAfterNonsense);
  return *now;
}

}  // namespace

Timestamp Session::begin(const TransactionSettings& settings) { return time_told(carry_out(begin_request(settings))); }

void Session::begin_quietly(const TransactionSettings& settings, std::shared_ptr<std::optional<Timestamp>> now) {
  Request begin = begin_request(settings);
  begin.on_done = [now = std::move(now)](const Value& reply) { *now = time_told(reply); };
  send_quietly(std::move(begin));
}

void Session::rollback_quietly() {
  if (awaited() > 0) return rollback();  // of answers that nobody wants any more
  send_quietly(rollback_request());
}

void Session::commit() { ask({{"op", "commit"}}); }

void Session::rollback() {
  give_up_answers();
  ask({{"op", "rollback"}});
}

void Session::take_quiet() {
  guarded([&] {
    while (!awaited_.empty() && awaited_.front().quiet) take_next();
    return 0;
  });
}

/// Behind others that are quiet: what is known to have failed must not be followed by anything.
void Session::send_quietly(Request request) {
  await(awaited());
  request.quiet = true;
  std::vector<Request> one;
  one.push_back(std::move(request));
  send(std::move(one));
}

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

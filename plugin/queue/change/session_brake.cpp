#include "queue/change/session_brake.hpp"

namespace akqueue::queue {

std::int64_t SessionBrake::most(std::int64_t limit) const {
  return orders_.brake == nullptr ? limit : orders_.brake->most(limit);
}

bool SessionBrake::holds(const BatchResult& batch) const {
  if (orders_.brake != nullptr) orders_.brake->add(backup::total(batch.deleted) + batch.other_rows.total());
  return is_held_back();
}

void SessionBrake::rest() const {
  constexpr session::TransactionSettings kLook{.read_only = true, .statement_timeout_ms = 10'000};
  while (is_held_back() && !run_.stopped()) {
    const auto began = std::chrono::steady_clock::now();
    run_.report_brake(orders_.brake->words());
    orders_.pause(orders_.brake->rest());
    run_.held_back(std::chrono::steady_clock::now() - began);
    std::vector<session::Request> alone;
    add_look(alone);
    if (alone.empty()) continue;
    const session::Transaction transaction(database_.session, kLook);
    database_.session.send(std::move(alone));
    database_.session.await(1);
  }
}

void SessionBrake::add_look(std::vector<session::Request>& together) const {
  if (orders_.brake == nullptr || !orders_.brake->wants_a_look()) return;
  if (auto look = orders_.brake->look(database_.dialect)) together.push_back(std::move(*look));
}

}  // namespace akqueue::queue

#include "queue/message.hpp"

#include "queue/pickle.hpp"

namespace akqueue::sim {
namespace {

constexpr Timestamp kMillisecond = 1000;

std::string pickled(std::int64_t number) { return Pickle().integer(number).body(); }

}  // namespace

std::string_view MessageTemplate::message(std::string_view id, Timestamp enqueued, std::optional<Timestamp> eta) {
  const std::int64_t enqueued_ms = enqueued / kMillisecond;
  const auto eta_ms = eta ? std::optional(*eta / kMillisecond) : std::nullopt;
  const bool same_shape = !bytes_.empty() && eta_ms.has_value() == (eta_size_ > 0);
  if (same_shape && patch(enqueued_at_, pickled(enqueued_ms), enqueued_size_) &&
      (!eta_ms || patch(eta_at_, pickled(*eta_ms), eta_size_))) {
    patch(id_at_, id, id.size());
    return bytes_;
  }
  make(id, enqueued_ms, eta_ms, 0);
  if (bytes_.size() < common_.least_bytes) make(id, enqueued_ms, eta_ms, common_.least_bytes - bytes_.size());
  return bytes_;
}

/// False if it does not fit: a number of another length.
bool MessageTemplate::patch(std::size_t at, std::string_view bytes, std::size_t room) {
  if (bytes.size() != room) return false;
  bytes_.replace(at, room, bytes);
  return true;
}

void MessageTemplate::make(std::string_view id, std::int64_t enqueued_ms, std::optional<std::int64_t> eta_ms,
                           std::size_t padding) {
  Pickle pickle;
  pickle.begin_dict(7).text("queue_name").text(common_.queue).text("actor_name").text(common_.actor);
  pickle.text("args").piece(common_.args);
  const std::size_t kwargs = padding > 0 ? 1 : 0;
  pickle.text("kwargs").begin_dict(kwargs);
  if (kwargs > 0) pickle.text("payload").text(std::string(padding, 'x'));
  pickle.end_dict(kwargs);
  const std::size_t options = (eta_ms ? 1u : 0u) + (common_.retries > 0 ? 2u : 0u);
  pickle.text("options").begin_dict(options);
  eta_size_ = 0;
  if (eta_ms) {
    pickle.text("eta");
    eta_at_ = pickle.body().size();
    pickle.integer(*eta_ms);
    eta_size_ = pickle.body().size() - eta_at_;
  }
  if (common_.retries > 0) pickle.text("retries").integer(common_.retries).text("traceback").text(common_.traceback);
  pickle.end_dict(options);
  pickle.text("message_id").text(id);
  id_at_ = pickle.body().size() - id.size() - 1;  // after the text there is one more opcode
  pickle.text("message_timestamp");
  enqueued_at_ = pickle.body().size();
  pickle.integer(enqueued_ms);
  enqueued_size_ = pickle.body().size() - enqueued_at_;
  pickle.end_dict(7);
  bytes_ = pickle.bytes();
  const std::size_t head = bytes_.size() - pickle.body().size() - 1;  // and one at the end
  id_at_ += head;
  enqueued_at_ += head;
  eta_at_ += head;
}

}  // namespace akqueue::sim

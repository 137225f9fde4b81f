// Dramatiq messages as authentik's PickleEncoder writes them. Messages of similar tasks differ in an id and in one or
// two times, which are patched into a text that is made once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "akqueue/time.hpp"

namespace akqueue::sim {

class MessageTemplate {
 public:
  /// What the messages have in common.
  struct Common {
    std::string_view queue;
    std::string_view actor;
    std::string_view args;       ///< pickled
    std::string_view traceback;  ///< of earlier attempts, if `retries` is not 0
    std::int64_t retries = 0;
    std::size_t least_bytes = 0;
  };

  /// `common` must outlive this.
  explicit MessageTemplate(const Common& common) : common_(common) {}

  /// The message of one task. Valid until the next.
  std::string_view message(std::string_view id, Timestamp enqueued, std::optional<Timestamp> eta);

 private:
  void make(std::string_view id, std::int64_t enqueued_ms, std::optional<std::int64_t> eta_ms, std::size_t padding);
  bool patch(std::size_t at, std::string_view bytes, std::size_t room);

  Common common_;
  std::string bytes_;  ///< of the previous message
  // Where the differences are in it, and how long.
  std::size_t id_at_ = 0;
  std::size_t enqueued_at_ = 0;
  std::size_t enqueued_size_ = 0;
  std::size_t eta_at_ = 0;
  std::size_t eta_size_ = 0;
};

}  // namespace akqueue::sim

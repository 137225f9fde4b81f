// Copies into a table.
#include "akqueue/protocol.hpp"
#include "session/answer_error.hpp"
#include "session/session.hpp"

namespace akqueue::session {

void Session::begin_copy_in(std::string_view table) {
  guarded([&] {
    if (on_statement_) on_statement_({"COPY " + std::string(table) + " FROM STDIN (FORMAT binary)"});
    send_request({{"op", "copy_in"}, {"table", table}});
    copying_.clear();
    frames_ = 0;
    return 0;
  });
}

void Session::copy_rows(std::string_view tuples) {
  copying_.append(tuples);
  if (copying_.size() >= protocol::kFrame) send_frame();
}

void Session::send_frame() {
  if (copying_.empty()) return;
  guarded([&] {
    send_bytes(protocol::frame_head(copying_) + "\n");
    send_bytes(copying_);
    copying_.clear();
    ++frames_;
    return 0;
  });
}

void Session::send_bytes(std::string_view bytes) {
  try {
    channel_->send(bytes);
  } catch (const Error& error) {
    // If the peer is gone, the way it ended says why.
    if (error.code() == ErrorCode::lost) fail_lost();
    throw;
  }
}

void Session::end_copy_in(std::function<void(std::int64_t)> rows) {
  send_frame();
  guarded([&] {
    send_bytes(std::string(protocol::kEndOfData) + "\n");
    const auto check = [frames = static_cast<std::uint64_t>(frames_), rows = std::move(rows)](const Value& reply) {
      check_told(reply, "frames", frames);
      rows(integer(reply.value("rows", Value())));
    };
    awaited_.push_back({.body = {{"op", "copy_in"}}, .on_row = {}, .sink = nullptr, .on_done = check});
    return 0;
  });
}

std::int64_t Session::end_copy_in() {
  std::int64_t copied = 0;
  end_copy_in([&](std::int64_t rows) { copied = rows; });
  await(awaited_.size());
  return copied;
}

}  // namespace akqueue::session

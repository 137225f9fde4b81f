// Sits between a session and its peer and damages what passes: derive from Between, and
// open a session with it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "akqueue/tasks.hpp"
#include "deletions.hpp"

namespace akqueue::contract {

/// Stands before a process of the peer and hands everything on.
class Between : public system::Process {
 public:
  explicit Between(std::unique_ptr<system::Process> process) : process_(std::move(process)) {}
  void write(std::string_view bytes) override { process_->write(bytes); }
  void close_input() override { process_->close_input(); }
  std::optional<std::string_view> read_line(std::chrono::milliseconds patience) override {
    return process_->read_line(patience);
  }
  std::optional<std::string_view> read_bytes(std::size_t count, std::chrono::milliseconds patience) override {
    return process_->read_bytes(count, patience);
  }
  std::string partial() const override { return process_->partial(); }
  system::ExitStatus wait(std::chrono::milliseconds patience) override { return process_->wait(patience); }
  const std::string& error_text() const override { return process_->error_text(); }

 protected:
  std::unique_ptr<system::Process> process_;
};

/// Counts how often something is sent after something was received: on a long line each costs its whole length.
class CountingProcess final : public Between {
 public:
  CountingProcess(std::unique_ptr<system::Process> process, int& trips) : Between(std::move(process)), trips_(trips) {}
  void write(std::string_view bytes) override {
    if (std::exchange(received_, false)) ++trips_;
    Between::write(bytes);
  }
  std::optional<std::string_view> read_line(std::chrono::milliseconds patience) override {
    received_ = true;
    return Between::read_line(patience);
  }

 private:
  int& trips_;
  bool received_ = false;
};

/// A connection that is cut when the peer has done a COMMIT and its answer is on the way: that of the
/// transaction of this number that gave rows away, or of any kind. (A page that earlier cases have left empty gives
/// none.)
class CutAtCommit final : public Between {
 public:
  CutAtCommit(std::unique_ptr<system::Process> process, int number, bool of_any_kind = false)
      : Between(std::move(process)), number_(number), of_any_kind_(of_any_kind) {}
  void write(std::string_view bytes) override {
    Between::write(bytes);
    if (bytes.find(R"("op":"commit")") == std::string_view::npos) return;
    if (gave_rows_ || of_any_kind_) ++batches_;
    gave_rows_ = false;
    if (batches_ < number_) return;
    Between::read_line(std::chrono::seconds(30));
    cut_ = true;
  }
  std::optional<std::string_view> read_line(std::chrono::milliseconds patience) override {
    return cut_ ? std::nullopt : Between::read_line(patience);
  }
  std::optional<std::string_view> read_bytes(std::size_t count, std::chrono::milliseconds patience) override {
    gave_rows_ = gave_rows_ || count > 0;
    return cut_ ? std::nullopt : Between::read_bytes(count, patience);
  }

 private:
  int number_;
  bool of_any_kind_;
  int batches_ = 0;
  bool gave_rows_ = false;
  bool cut_ = false;
};

/// A session through something that sits in front of each process of the peer.
template <class Make>
session::Opened open_through(const Make& make) {
  return session::open_session(
      [&](const std::vector<std::string>& command) { return make(peer().exec(command)); },
      [](const system::Finished& ended) { return Error(ErrorCode::kubectl_failed, ended.error_text); }, kTaskTable);
}

}  // namespace akqueue::contract

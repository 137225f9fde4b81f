// The outside world of the plugin, for tests: a person, a clock, a kubectl, a peer.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "akqueue/checksum.hpp"
#include "akqueue/error.hpp"
#include "session/channel.hpp"
#include "system/process.hpp"
#include "ui/progress.hpp"
#include "ui/terminal.hpp"

namespace akqueue::ui {

inline std::ostream& operator<<(std::ostream& out, const Text& text) { return out << text.view(); }

}  // namespace akqueue::ui

namespace akqueue::testing {

class FakeInterrupts final : public system::Interrupts {
 public:
  int count() const override { return seen; }
  int seen = 0;
};

class FakeTerminal final : public ui::Terminal {
 public:
  void out(const ui::Text& text) override { printed += text.view(); }
  void err(const ui::Text& text) override { said += text.view(); }
  bool out_is_terminal() const override { return terminal; }
  bool err_is_terminal() const override { return terminal; }
  bool in_is_terminal() const override { return terminal; }
  std::size_t width() const override { return columns; }
  bool colours() const override { return false; }
  std::optional<std::string> read_line() override {
    if (answers.empty()) return std::nullopt;
    std::string answer = answers.front();
    answers.pop_front();
    return answer;
  }

  std::string printed;
  std::string said;
  bool terminal = false;
  std::size_t columns = 80;
  std::deque<std::string> answers;
};

class FakeClock final : public system::Clock {
 public:
  std::chrono::steady_clock::time_point now() const override { return at; }
  void sleep(std::chrono::milliseconds length) const override { at += length; }
  mutable std::chrono::steady_clock::time_point at{std::chrono::hours(1)};
};

/// A process that plays a part: the lines it prints (replies with their sums, the bytes of a frame as one), how it
/// ends, what it says on standard error.
class ScriptedProcess final : public system::Process {
 public:
  ScriptedProcess(std::vector<std::string> lines, int status, std::string error_text)
      : lines_(std::move(lines)), status_(status), error_text_(std::move(error_text)) {}

  void write(std::string_view bytes) override { written += bytes; }
  void close_input() override {}
  std::optional<std::string_view> read_line(std::chrono::milliseconds) override {
    if (next_ == lines_.size()) return std::nullopt;
    std::string& line = lines_[next_++];
    if (line.starts_with("= ") || line.starts_with("! ") || line.starts_with("d ")) line = with_sum(line);
    return line;
  }
  std::optional<std::string_view> read_bytes(std::size_t count, std::chrono::milliseconds) override {
    if (next_ == lines_.size() || lines_[next_].size() != count) return std::nullopt;
    return lines_[next_++];
  }
  std::string partial() const override { return {}; }
  system::ExitStatus wait(std::chrono::milliseconds) override { return {status_}; }
  const std::string& error_text() const override { return error_text_; }

  std::string written;

 private:
  std::vector<std::string> lines_;
  std::size_t next_ = 0;
  int status_;
  std::string error_text_;
};

/// Starts scripted processes in order, and keeps a journal of what was asked for.
class ScriptedLauncher final : public system::Launcher {
 public:
  struct Part {
    std::vector<std::string> lines;
    int status = 0;
    std::string error_text;
  };
  explicit ScriptedLauncher(std::vector<Part> parts) : parts_(parts.begin(), parts.end()) {}

  std::unique_ptr<system::Process> start(const std::vector<std::string>& argv) override {
    journal.push_back(argv);
    if (parts_.empty()) throw Error(ErrorCode::kubectl_missing, argv[0] + " was not found");
    const Part part = parts_.front();
    parts_.pop_front();
    return std::make_unique<ScriptedProcess>(part.lines, part.status, part.error_text);
  }
  std::unique_ptr<system::Launcher> listening_to(system::Interrupts&) override { return std::make_unique<Same>(*this); }

  std::vector<std::vector<std::string>> journal;

 private:
  /// Starts the parts of the one that it came from.
  struct Same final : system::Launcher {
    explicit Same(ScriptedLauncher& whole) : whole_(whole) {}
    std::unique_ptr<system::Process> start(const std::vector<std::string>& argv) override { return whole_.start(argv); }
    std::unique_ptr<system::Launcher> listening_to(system::Interrupts&) override {
      return std::make_unique<Same>(whole_);
    }
    ScriptedLauncher& whole_;
  };
  std::deque<Part> parts_;
};

/// A peer that answers with the lines it was given.
class ScriptedChannel final : public session::Channel {
 public:
  ScriptedChannel(std::vector<std::string> lines, std::vector<std::string>& sent)
      : lines_(std::move(lines)), sent_(sent) {}

  void send(std::string_view bytes) override { sent_.emplace_back(bytes); }
  std::optional<std::string_view> receive(std::chrono::milliseconds) override {
    if (next_ == lines_.size()) return std::nullopt;
    return lines_[next_++];
  }
  /// The bytes of a frame come among the lines, after its head.
  std::optional<std::string_view> receive_bytes(std::size_t count, std::chrono::milliseconds) override {
    if (next_ == lines_.size() || lines_[next_].size() != count) return std::nullopt;
    return lines_[next_++];
  }
  Ending ending() override { return {137, "killed"}; }

 private:
  std::vector<std::string> lines_;
  std::vector<std::string>& sent_;
  std::size_t next_ = 0;
};

/// The code of the Error that `action` throws; nothing when it throws none.
template <class Action>
std::optional<ErrorCode> error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) { return error.code(); }
  return std::nullopt;
}

/// Message and hint of the Error that `action` throws.
template <class Action>
std::string words_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return std::string(error.what()) + (error.hint().empty() ? "" : " | " + error.hint());
  }
  return "no error";
}

}  // namespace akqueue::testing

#include "backup/read_ahead.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace akqueue::backup {
namespace {

/// So much text is read ahead: of a usual batch nearly all.
constexpr std::size_t kMostAhead = 4 << 20;
/// A file with no more pieces needs no thread.
constexpr int kFewPieces = 8;

}  // namespace

struct ReadAhead::State {
  explicit State(GzipSource& read) : source(read) {}

  GzipSource& source;
  int read_here = 0;   ///< pieces, without a thread
  bool alone = false;  ///< there can be no thread
  std::thread thread;

  // Between the two.
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<TextPiece> pieces;
  std::size_t bytes = 0;
  std::optional<std::int64_t> start;  ///< where to begin anew
  std::exception_ptr failure;
  bool at_end = false;  ///< or failed
  bool over = false;

  bool has_work() const { return start.has_value() || (!at_end && bytes < kMostAhead); }

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return over || has_work(); });
      if (over) return;
      const auto place = std::exchange(start, std::nullopt);
      lock.unlock();
      std::optional<TextPiece> piece;
      std::exception_ptr thrown;
      try {
        if (place) source.start_at(*place);
        piece = source.next();
      } catch (...) { thrown = std::current_exception(); }
      lock.lock();
      if (start) continue;  // not asked for any more
      if (piece) {
        bytes += piece->text.size();
        pieces.push_back(std::move(*piece));
      } else {
        at_end = true;
        failure = thrown;
      }
      changed.notify_all();
    }
  }

  /// Whether there is a thread now.
  bool start_thread() {
    if (thread.joinable()) return true;
    if (alone || read_here < kFewPieces) return false;
    try {
      thread = std::thread([this] { run(); });
    } catch (const std::system_error&) { alone = true; }
    return !alone;
  }
};

ReadAhead::ReadAhead(GzipSource& source) : state_(std::make_unique<State>(source)) {}

ReadAhead::~ReadAhead() {
  if (!state_->thread.joinable()) return;
  {
    const std::scoped_lock lock(state_->mutex);
    state_->over = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

void ReadAhead::start_at(std::int64_t place) {
  State& state = *state_;
  const bool aside = state.thread.joinable();
  const std::scoped_lock lock(state.mutex);
  state.pieces.clear();
  state.bytes = 0;
  state.failure = nullptr;
  state.at_end = false;
  state.start = place;
  if (aside) state.changed.notify_all();
}

std::optional<TextPiece> ReadAhead::next() {
  State& state = *state_;
  if (!state.start_thread()) {
    if (const auto place = std::exchange(state.start, std::nullopt)) state.source.start_at(*place);
    ++state.read_here;
    return state.source.next();
  }
  std::unique_lock lock(state.mutex);
  state.changed.wait(lock, [&] { return !state.start && (!state.pieces.empty() || state.at_end); });
  if (state.pieces.empty()) {
    if (state.failure) std::rethrow_exception(state.failure);
    return std::nullopt;
  }
  TextPiece piece = std::move(state.pieces.front());
  state.pieces.pop_front();
  state.bytes -= piece.text.size();
  state.changed.notify_all();
  return piece;
}

}  // namespace akqueue::backup

#include "backup/write_behind.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace akqueue::backup {
namespace {

constexpr std::size_t kMostWaiting = 2;

}  // namespace

struct WriteBehind::State {
  Write write;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::string> waiting;
  std::string spare;  ///< the room of a piece that was written, for the next one
  bool writing = false;
  bool over = false;
  std::exception_ptr failure;
  std::thread thread;

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return over || !waiting.empty(); });
      if (over) return;
      std::string piece = std::move(waiting.front());
      waiting.pop_front();
      writing = true;
      lock.unlock();
      std::exception_ptr thrown;
      try {
        write(piece);
      } catch (...) { thrown = std::current_exception(); }
      piece.clear();
      lock.lock();
      spare = std::move(piece);
      writing = false;
      if (thrown) failure = thrown, waiting.clear();
      changed.notify_all();
    }
  }

  void check() const {
    if (failure) std::rethrow_exception(failure);
  }
};

WriteBehind::WriteBehind(Write write) : state_(std::make_unique<State>()) {
  state_->write = std::move(write);
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

WriteBehind::~WriteBehind() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->over = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

void WriteBehind::give(std::string& piece) {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.changed.wait(lock, [&] { return state.failure || state.waiting.size() < kMostWaiting; });
  state.check();
  state.waiting.push_back(std::move(piece));
  piece = std::exchange(state.spare, {});
  state.changed.notify_all();
}

void WriteBehind::wait() {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.changed.wait(lock, [&] { return state.waiting.empty() && !state.writing; });
  state.check();
}

}  // namespace akqueue::backup

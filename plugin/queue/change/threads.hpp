// Threads that end before their owner does.
#pragma once

#include <system_error>
#include <thread>
#include <vector>

namespace akqueue::queue {

class Threads {
 public:
  Threads() = default;
  ~Threads() {
    for (std::thread& thread : threads_) thread.join();
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  /// False where the system has no more of them.
  template <class Work>
  bool start(const Work& work) {
    try {
      threads_.emplace_back(work);
      return true;
    } catch (const std::system_error&) { return false; }
  }

 private:
  std::vector<std::thread> threads_;
};

}  // namespace akqueue::queue

// Lines, and bytes between them, from a file descriptor.
#pragma once

#include <string>

#include "kubectl/client.hpp"

namespace akqueue::sim {

class StandardInput final : public Input {
 public:
  explicit StandardInput(int descriptor = 0) : descriptor_(descriptor) {}

  bool read_line(std::string& line) override;
  bool read_bytes(std::string& bytes, std::size_t count) override;
  bool skip(std::size_t count) override;
  bool ended() override;

 private:
  /// False at the end.
  bool fill();

  int descriptor_;
  std::string buffer_;
  std::size_t used_ = 0;
};

}  // namespace akqueue::sim

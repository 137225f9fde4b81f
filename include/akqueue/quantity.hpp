// Kubernetes' quantities: `512Mi`, `1Gi`, `250m`, `2`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace akqueue {

struct Quantity {
  /// Thousandths: of bytes, of cores.
  std::int64_t milli = 0;

  std::int64_t whole() const { return milli / 1000; }
  /// Nothing for a text that is not a quantity, or is one that is negative or too large.
  static std::optional<Quantity> parse(std::string_view text);
};

}  // namespace akqueue

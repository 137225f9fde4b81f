// A pickle as the values and calls that its opcodes put together, with sharing and circles as they are; nothing is
// called. For pickle.cpp, which shows them.
#pragma once

#include <deque>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"

namespace akqueue::queue {

struct PickleNode {
  enum class Kind { scalar, integer, list, dictionary, global, object, mark };
  Kind kind = Kind::scalar;
  Json scalar = {};  ///< of an integer beyond 64 bits: its hexadecimal digits, with a sign
  /// Of a dictionary: key, value, key, value; of an object: callable, arguments, and what was added to it.
  std::vector<const PickleNode*> items = {};
  const PickleNode* state = nullptr;  ///< of an object, by BUILD
};

struct Pickle {
  /// Owns them all, so that deep nesting and circles are freed in one go.
  std::deque<PickleNode> nodes;
  const PickleNode* value = nullptr;
};

/// Throws Error (unsupported) for something that is not a pickle, ends early, holds too much, or has an unknown opcode.
Pickle read_pickle_nodes(std::string_view bytes);

}  // namespace akqueue::queue

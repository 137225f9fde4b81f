#include "queue/task/pickle_nodes.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "akqueue/error.hpp"

namespace akqueue::queue {
namespace {

constexpr std::size_t kMostNodes = 200'000;
constexpr std::size_t kBytesShown = 64;

using Node = PickleNode;
using NodePtr = const PickleNode*;

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::unsupported, "the pickle can't be read: " + why);
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  char pair[3];
  for (const char c : bytes) {
    std::snprintf(pair, sizeof pair, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    text += pair;
  }
  return text;
}

/// Of a big-endian number in two's complement.
void negate(std::string& number) {
  bool carry = true;
  for (std::size_t i = number.size(); i-- > 0;) {
    const unsigned value = (~static_cast<unsigned>(static_cast<unsigned char>(number[i])) & 0xffu) + (carry ? 1u : 0u);
    carry = value > 0xffu;
    number[i] = static_cast<char>(value & 0xffu);
  }
}

class PickleInput {
 public:
  explicit PickleInput(std::string_view bytes) : bytes_(bytes) {}

  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size()) refuse("it ends early");
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  /// Little-endian, unsigned.
  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    const std::string_view taken = take(width);
    for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(taken[i]);
    return value;
  }
  std::string_view line() {
    const auto end = bytes_.find('\n');
    if (end == std::string_view::npos) refuse("it ends early");
    const std::string_view text = take(end);
    take(1);
    return text;
  }

 private:
  std::string_view bytes_;
};

class PickleReader {
 public:
  explicit PickleReader(std::string_view bytes) : input_(bytes) {}

  Pickle read() {
    for (;;) {
      const auto opcode = static_cast<unsigned char>(input_.take(1).front());
      if (opcode == '.') {
        NodePtr const value = pop();
        return {std::move(nodes_), value};  // a deque that is moved keeps its nodes where they are
      }
      step(opcode);
    }
  }

 private:
  void push(Node node) {
    if (nodes_.size() >= kMostNodes) refuse("it holds too many values");
    nodes_.push_back(std::move(node));
    stack_.push_back(&nodes_.back());
  }
  void push_scalar(Json value) { push({Node::Kind::scalar, std::move(value), {}, nullptr}); }
  void push_text(std::string_view value) { push_scalar(std::string(value)); }
  void push_bytes(std::string_view value) {
    Json shown{{"bytes", hexadecimal(value.substr(0, kBytesShown))}};
    if (value.size() > kBytesShown) shown["length"] = value.size();
    push_scalar(std::move(shown));
  }
  void push_list(std::vector<NodePtr> items) { push({Node::Kind::list, {}, std::move(items), nullptr}); }
  void push_long(std::string_view little_endian);

  NodePtr pop() {
    if (stack_.empty()) refuse("it takes what was never there");
    const Node* const top = stack_.back();
    stack_.pop_back();
    return top;
  }
  std::vector<NodePtr> pop_count(std::size_t count) {
    std::vector<NodePtr> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    return items;
  }
  std::vector<NodePtr> pop_to_mark() {
    std::vector<NodePtr> items;
    for (NodePtr node = pop(); node->kind != Node::Kind::mark; node = pop()) items.push_back(node);
    return {items.rbegin(), items.rend()};
  }
  Node& top() {
    if (stack_.empty()) refuse("it takes what was never there");
    return *stack_.back();
  }
  void append(const std::vector<NodePtr>& items) {
    Node& container = top();
    container.items.insert(container.items.end(), items.begin(), items.end());
  }
  void push_object(NodePtr callable, NodePtr arguments) {
    push({Node::Kind::object, {}, {callable, arguments}, nullptr});
  }
  void remember(std::uint64_t place) {
    if (place > kMostNodes || stack_.empty()) refuse("it uses too large a memo");
    if (memo_.size() <= place) memo_.resize(place + 1);
    memo_[place] = stack_.back();
  }
  void recall(std::uint64_t place) {
    if (place >= memo_.size() || memo_[place] == nullptr) refuse("it takes from its memo what it never put there");
    stack_.push_back(memo_[place]);
  }
  void step(unsigned char opcode);
  void step_container(unsigned char opcode);
  void step_object(unsigned char opcode);

  PickleInput input_;
  std::deque<Node> nodes_;
  std::vector<Node*> stack_;
  std::vector<Node*> memo_;
  std::uint64_t memoized_ = 0;
};

/// Two's complement.
void PickleReader::push_long(std::string_view little_endian) {
  if (little_endian.size() > 8) {
    std::string magnitude(little_endian.rbegin(), little_endian.rend());
    const bool negative = (static_cast<unsigned char>(magnitude.front()) & 0x80u) != 0;
    if (negative) negate(magnitude);
    const std::string digits = hexadecimal(magnitude);
    push({Node::Kind::integer,
          (negative ? "-0x" : "0x") + digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1)),
          {},
          nullptr});
    return;
  }
  std::uint64_t value =
      !little_endian.empty() && (static_cast<unsigned char>(little_endian.back()) & 0x80u) != 0 ? ~std::uint64_t{0} : 0;
  for (std::size_t i = little_endian.size(); i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(little_endian[i]);
  push_scalar(static_cast<std::int64_t>(value));
}

void PickleReader::step(unsigned char opcode) {
  switch (opcode) {
    case 0x80: input_.take(1); break;  // PROTO
    case 0x95: input_.take(8); break;  // FRAME
    case 'N': push_scalar(nullptr); break;
    case 0x88: push_scalar(true); break;
    case 0x89: push_scalar(false); break;
    case 'K': push_scalar(input_.number(1)); break;
    case 'M': push_scalar(input_.number(2)); break;
    case 'J': push_scalar(static_cast<std::int32_t>(input_.number(4))); break;
    case 0x8a: push_long(input_.take(input_.number(1))); break;
    case 0x8b: push_long(input_.take(input_.number(4))); break;
    case 'G': {
      std::uint64_t bits = 0;
      for (const char c : input_.take(8)) bits = bits << 8 | static_cast<unsigned char>(c);
      push_scalar(std::bit_cast<double>(bits));
      break;
    }
    case 0x8c: push_text(input_.take(input_.number(1))); break;
    case 'X': push_text(input_.take(input_.number(4))); break;
    case 0x8d: push_text(input_.take(input_.number(8))); break;
    case 'C': push_bytes(input_.take(input_.number(1))); break;
    case 'B': push_bytes(input_.take(input_.number(4))); break;
    case 0x8e:
    case 0x96: push_bytes(input_.take(input_.number(8))); break;
    case 0x94: remember(memoized_++); break;
    case 'q': remember(input_.number(1)); break;
    case 'r': remember(input_.number(4)); break;
    case 'h': recall(input_.number(1)); break;
    case 'j': recall(input_.number(4)); break;
    case '0': pop(); break;
    case '1': pop_to_mark(); break;
    case '2':
      top();
      stack_.push_back(stack_.back());
      break;
    default: step_container(opcode);
  }
}

void PickleReader::step_container(unsigned char opcode) {
  switch (opcode) {
    case '(': push({Node::Kind::mark, {}, {}, nullptr}); break;
    case ')':
    case ']':
    case 0x8f: push_list({}); break;
    case '}': push({Node::Kind::dictionary, {}, {}, nullptr}); break;
    case 't':
    case 'l':
    case 0x91: push_list(pop_to_mark()); break;
    case 0x85: push_list(pop_count(1)); break;
    case 0x86: push_list(pop_count(2)); break;
    case 0x87: push_list(pop_count(3)); break;
    case 'd': push({Node::Kind::dictionary, {}, pop_to_mark(), nullptr}); break;
    case 'a': append(pop_count(1)); break;
    case 's': append(pop_count(2)); break;
    case 'e':
    case 'u':
    case 0x90: append(pop_to_mark()); break;
    default: step_object(opcode);
  }
}

void PickleReader::step_object(unsigned char opcode) {
  switch (opcode) {
    case 'c': {
      const std::string module(input_.line());
      push({Node::Kind::global, module + "." + std::string(input_.line()), {}, nullptr});
      break;
    }
    case 0x93: {
      const auto names = pop_count(2);
      const auto word = [](const NodePtr& node) {
        return node->scalar.is_string() ? node->scalar.get<std::string>() : std::string("?");
      };
      push({Node::Kind::global, word(names[0]) + "." + word(names[1]), {}, nullptr});
      break;
    }
    case 'R':
    case 0x81: {
      const auto parts = pop_count(2);
      push_object(parts[0], parts[1]);
      break;
    }
    case 0x92: {
      const auto parts = pop_count(3);
      push_object(parts[0], parts[1]);
      top().items.push_back(parts[2]);
      break;
    }
    case 'b': {
      const NodePtr state = pop();
      top().state = state;
      break;
    }
    default: {
      char text[8];
      std::snprintf(text, sizeof text, "0x%02x", static_cast<unsigned>(opcode));
      refuse(std::string("its opcode ") + text + " is not known here");
    }
  }
}

}  // namespace

Pickle read_pickle_nodes(std::string_view bytes) {
  if (bytes.size() < 2 || static_cast<unsigned char>(bytes.front()) != 0x80) refuse("it does not begin like a pickle");
  return PickleReader(bytes).read();
}

}  // namespace akqueue::queue

#include "queue/task/pickle.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <vector>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"

namespace akqueue {
namespace {

constexpr std::size_t kMostNodes = 200'000;       ///< while reading
constexpr std::size_t kMostShown = 20'000;        ///< in the JSON: what is shared in a pickle is shown again each time
constexpr std::size_t kMostTextBytes = 4u << 20;  ///< of texts in the JSON
constexpr int kDeepest = 60;
constexpr std::size_t kBytesShown = 64;

struct Node;
using NodePtr = const Node*;

struct Node {
  enum class Kind { scalar, integer, list, dictionary, global, object, mark };
  Kind kind = Kind::scalar;
  Json scalar = {};                 ///< of an integer beyond 64 bits: its hexadecimal digits, with a sign
  std::vector<NodePtr> items = {};  ///< of a dictionary: key, value, key, value; of an object: callable, arguments
  NodePtr state = nullptr;          ///< of an object, by BUILD
};

[[noreturn]] void fail(const std::string& why) {
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

class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}

  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size()) fail("it ends early");
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
    if (end == std::string_view::npos) fail("it ends early");
    const std::string_view text = take(end);
    take(1);
    return text;
  }

 private:
  std::string_view bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : input_(bytes) {}

  NodePtr read() {
    for (;;) {
      const auto opcode = static_cast<unsigned char>(input_.take(1).front());
      if (opcode == '.') return pop();
      step(opcode);
    }
  }

 private:
  void push(Node node) {
    if (nodes_.size() >= kMostNodes) fail("it holds too many values");
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
    if (stack_.empty()) fail("it takes what was never there");
    Node* const top = stack_.back();
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
    if (stack_.empty()) fail("it takes what was never there");
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
    if (place > kMostNodes || stack_.empty()) fail("it remembers too much");
    if (memo_.size() <= place) memo_.resize(place + 1);
    memo_[place] = stack_.back();
  }
  void recall(std::uint64_t place) {
    if (place >= memo_.size() || !memo_[place]) fail("it recalls what it never remembered");
    stack_.push_back(memo_[place]);
  }
  void step(unsigned char opcode);
  void step_container(unsigned char opcode);
  void step_object(unsigned char opcode);

  Input input_;
  std::deque<Node> nodes_;  ///< owns them all: what is nested a thousand deep is freed in one go, and so is a circle
  std::vector<Node*> stack_;
  std::vector<Node*> memo_;
  std::uint64_t memoized_ = 0;
};

/// Two's complement.
void Reader::push_long(std::string_view little_endian) {
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

void Reader::step(unsigned char opcode) {
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

void Reader::step_container(unsigned char opcode) {
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

void Reader::step_object(unsigned char opcode) {
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
      fail(std::string("its opcode ") + text + " is not known here");
    }
  }
}

/// From nodes to JSON, cut where sharing or depth would make it endless.
class Renderer {
 public:
  Json render(const Node& node, int depth = 0) {
    if (++shown_ > kMostShown || depth > kDeepest) return "…";
    switch (node.kind) {
      case Node::Kind::scalar: return scalar(node.scalar);
      case Node::Kind::integer: return Json{{"int", scalar(node.scalar)}};
      case Node::Kind::list: return list(node, depth);
      case Node::Kind::dictionary: return dictionary(node, depth);
      case Node::Kind::global: return Json{{"global", scalar(node.scalar)}};
      case Node::Kind::object: return object(node, depth);
      case Node::Kind::mark: break;
    }
    return "…";
  }

 private:
  /// A long text that is shared may stand in the JSON many times.
  std::string text(std::string value) {
    bytes_ += value.size();
    return bytes_ > kMostTextBytes ? "…" : value;
  }
  Json scalar(const Json& value) { return value.is_string() ? Json(text(value.get<std::string>())) : value; }
  /// A key that is no text becomes one. Within another such key it is quoted again, and twice as long each time.
  std::string key(const Node& node, int depth) {
    const Json key = render(node, depth);
    return key.is_string() ? key.get<std::string>() : text(key.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  Json list(const Node& node, int depth) {
    Json items = Json::array();
    for (const NodePtr& item : node.items) {
      if (shown_ > kMostShown) break;
      items.push_back(render(*item, depth + 1));
    }
    return items;
  }
  Json dictionary(const Node& node, int depth) {
    Json pairs = Json::object();
    for (std::size_t i = 0; i + 1 < node.items.size() && shown_ <= kMostShown; i += 2) {
      std::string name = key(*node.items[i], depth + 1);
      pairs[std::move(name)] = render(*node.items[i + 1], depth + 1);
    }
    return pairs;
  }
  Json object(const Node& node, int depth) {
    const Node& callable = *node.items[0];
    const std::string name = callable.kind == Node::Kind::global ? callable.scalar.get<std::string>() : "?";
    Json state = node.state ? render(*node.state, depth + 1) : Json();
    if (name == "uuid.UUID") {
      if (const std::string id = uuid_of(node.state); !id.empty()) return id;
    }
    Json shown{{"object", text(name)}, {"args", render(*node.items[1], depth + 1)}};
    // Keyword arguments, or what was added to a container of a class of its own.
    if (node.items.size() > 2)
      shown["items"] = list({Node::Kind::list, {}, {node.items.begin() + 2, node.items.end()}, nullptr}, depth + 1);
    if (node.state) shown["state"] = std::move(state);
    return shown;
  }
  /// From its state, a dictionary whose `int` is the 128 bits.
  static std::string uuid_of(NodePtr state) {
    if (state == nullptr || state->kind != Node::Kind::dictionary) return {};
    for (std::size_t i = 0; i + 1 < state->items.size(); i += 2) {
      if (state->items[i]->scalar != Json("int")) continue;
      const Node& number = *state->items[i + 1];
      std::string digits;
      if (number.kind == Node::Kind::integer) digits = number.scalar.get<std::string>();
      if (number.kind == Node::Kind::scalar && number.scalar.is_number_integer() &&
          number.scalar.get<std::int64_t>() >= 0) {
        char text[19];
        std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(number.scalar.get<std::uint64_t>()));
        digits = text;
      }
      if (!digits.starts_with("0x") || digits.size() > 34) return {};
      digits = std::string(34 - digits.size(), '0') + digits.substr(2);
      for (const std::size_t dash : {8, 13, 18, 23}) digits.insert(dash, "-");
      return digits;
    }
    return {};
  }

  std::size_t bytes_ = 0;
  std::size_t shown_ = 0;
};

}  // namespace

Json read_pickle(std::string_view bytes) {
  if (bytes.size() < 2 || static_cast<unsigned char>(bytes.front()) != 0x80) fail("it does not begin like one");
  Reader reader(bytes);
  return Renderer().render(*reader.read());
}

}  // namespace akqueue

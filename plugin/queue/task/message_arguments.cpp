#include "queue/task/message_arguments.hpp"

#include <exception>

#include "akqueue/json_depth.hpp"
#include "queue/task/pickle_nodes.hpp"

namespace akqueue::queue {
namespace {

constexpr int kDeepestCompared = 100;
constexpr std::size_t kMostValues = 20'000;
constexpr std::size_t kMostBytes = std::size_t{1} << 20;  ///< one text may be referred to many times

/// CBOR says where each value ends, and takes texts that are not UTF-8 as they are.
void append_scalar(const Json& value, std::string& form) {
  const std::vector<std::uint8_t> bytes = Json::to_cbor(value);
  form.append(bytes.begin(), bytes.end());
}

/// Writes nodes one after another, each with its kind and how many are in it.
class ComparableForm {
 public:
  bool add(const PickleNode* node, int depth = 0) {
    if (node == nullptr) return add_missing();
    if (depth > kDeepestCompared || ++values_ > kMostValues || node->kind == PickleNode::Kind::mark) return false;
    form_ += static_cast<char>('a' + static_cast<int>(node->kind));
    append_scalar(node->scalar, form_);
    append_scalar(Json(node->items.size()), form_);
    if (form_.size() > kMostBytes) return false;
    for (const PickleNode* item : node->items) {
      if (!add(item, depth + 1)) return false;
    }
    return add_state(node->state, depth);
  }
  std::string take() { return std::move(form_); }

 private:
  bool add_missing() {
    form_ += '-';
    return true;
  }
  bool add_state(const PickleNode* state, int depth) {
    return state == nullptr ? add_missing() : add(state, depth + 1);
  }

  std::string form_;
  std::size_t values_ = 0;
};

/// The last value of a key, as in a dictionary of Python's; null for none.
const PickleNode* last_member(const PickleNode& dictionary, const char* key) {
  const PickleNode* found = nullptr;
  for (std::size_t i = 0; i + 1 < dictionary.items.size(); i += 2) {
    const PickleNode& name = *dictionary.items[i];
    if (name.kind == PickleNode::Kind::scalar && name.scalar == Json(key)) found = dictionary.items[i + 1];
  }
  return found;
}

std::optional<std::string> arguments_in_pickle(std::string_view bytes) {
  const Pickle pickle = read_pickle_nodes(bytes);
  if (pickle.value->kind != PickleNode::Kind::dictionary) return std::nullopt;
  const PickleNode* const args = last_member(*pickle.value, "args");
  const PickleNode* const kwargs = last_member(*pickle.value, "kwargs");
  ComparableForm form;
  if (args == nullptr || kwargs == nullptr || !form.add(args) || !form.add(kwargs)) return std::nullopt;
  return form.take();
}

std::optional<std::string> arguments_in_json(std::string_view bytes) {
  const Json message = parse_foreign<Json>(bytes, kDeepestShown);
  if (!message.is_object() || !message.contains("args") || !message.contains("kwargs")) return std::nullopt;
  std::string form = "json";
  append_scalar(message["args"], form);
  append_scalar(message["kwargs"], form);
  return form;
}

}  // namespace

std::optional<std::string> arguments_of_message(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  try {
    return bytes.front() == '{' ? arguments_in_json(bytes) : arguments_in_pickle(bytes);
  } catch (const std::exception&) { return std::nullopt; }
}

}  // namespace akqueue::queue

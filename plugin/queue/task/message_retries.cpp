#include "queue/task/message_retries.hpp"

#include <exception>

#include "akqueue/json_depth.hpp"
#include "queue/task/pickle_nodes.hpp"

namespace akqueue::queue {
namespace {

/// The last value of a key, as in a dictionary of Python's; null for none.
const PickleNode* member_of(const PickleNode& dictionary, const char* key) {
  const PickleNode* found = nullptr;
  for (std::size_t i = 0; i + 1 < dictionary.items.size(); i += 2) {
    const PickleNode& name = *dictionary.items[i];
    if (name.kind == PickleNode::Kind::scalar && name.scalar == Json(key)) found = dictionary.items[i + 1];
  }
  return found;
}

std::optional<std::int64_t> count_in(const Json& value) {
  if (!value.is_number_integer() || value.get<std::int64_t>() < 0) return std::nullopt;
  return value.get<std::int64_t>();
}

std::optional<std::int64_t> retries_in_pickle(std::string_view bytes) {
  const Pickle pickle = read_pickle_nodes(bytes);
  if (pickle.value->kind != PickleNode::Kind::dictionary) return std::nullopt;
  const PickleNode* options = member_of(*pickle.value, "options");
  if (options == nullptr || options->kind != PickleNode::Kind::dictionary) return std::nullopt;
  const PickleNode* retries = member_of(*options, "retries");
  if (retries == nullptr) return 0;
  return retries->kind == PickleNode::Kind::scalar ? count_in(retries->scalar) : std::nullopt;
}

std::optional<std::int64_t> retries_in_json(std::string_view bytes) {
  const Json message = parse_foreign<Json>(bytes, kDeepestShown);
  if (!message.is_object() || !message.contains("options") || !message["options"].is_object()) return std::nullopt;
  const Json& options = message["options"];
  return options.contains("retries") ? count_in(options["retries"]) : 0;
}

}  // namespace

std::optional<std::int64_t> retries_in_message(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  try {
    return bytes.front() == '{' ? retries_in_json(bytes) : retries_in_pickle(bytes);
  } catch (const std::exception&) { return std::nullopt; }
}

}  // namespace akqueue::queue

#include "queue/task/pickle.hpp"

#include <cstdint>
#include <cstdio>
#include <string>

#include "akqueue/json.hpp"
#include "queue/task/pickle_nodes.hpp"
#include "queue/task/pickle_time.hpp"

namespace akqueue::queue {
namespace {

constexpr std::size_t kMostShown = 20'000;        ///< in the JSON: what is shared in a pickle is shown again each time
constexpr std::size_t kMostTextBytes = 4u << 20;  ///< of texts in the JSON
constexpr int kDeepest = 60;

/// From nodes to JSON, cut where sharing or depth would make it endless.
class PickleRenderer {
 public:
  Json render(const PickleNode& node, int depth = 0) {
    if (++shown_ > kMostShown || depth > kDeepest) return "…";
    switch (node.kind) {
      case PickleNode::Kind::scalar: return scalar(node.scalar);
      case PickleNode::Kind::integer: return Json{{"int", scalar(node.scalar)}};
      case PickleNode::Kind::list: return list(node, depth);
      case PickleNode::Kind::dictionary: return dictionary(node, depth);
      case PickleNode::Kind::global: return Json{{"global", scalar(node.scalar)}};
      case PickleNode::Kind::object: return object(node, depth);
      case PickleNode::Kind::mark: break;
    }
    return "…";
  }

 private:
  /// A long text that is shared may appear in the JSON many times.
  std::string text(const std::string& value) {
    bytes_ += value.size();
    return bytes_ > kMostTextBytes ? "…" : value;
  }
  Json scalar(const Json& value) { return value.is_string() ? Json(text(value.get<std::string>())) : value; }
  /// A key that is not a text becomes one. Within another such key it is quoted again, and gets twice as long each
  /// time.
  std::string key(const PickleNode& node, int depth) {
    const Json key = render(node, depth);
    return key.is_string() ? key.get<std::string>() : text(key.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  Json list(const PickleNode& node, int depth) {
    Json items = Json::array();
    for (const PickleNode* item : node.items) {
      if (shown_ > kMostShown) break;
      items.push_back(render(*item, depth + 1));
    }
    return items;
  }
  Json dictionary(const PickleNode& node, int depth) {
    Json pairs = Json::object();
    for (std::size_t i = 0; i + 1 < node.items.size() && shown_ <= kMostShown; i += 2) {
      std::string name = key(*node.items[i], depth + 1);
      pairs[std::move(name)] = render(*node.items[i + 1], depth + 1);
    }
    return pairs;
  }
  Json object(const PickleNode& node, int depth) {
    const PickleNode& callable = *node.items[0];
    const std::string name = callable.kind == PickleNode::Kind::global ? callable.scalar.get<std::string>() : "?";
    Json state = node.state ? render(*node.state, depth + 1) : Json();
    if (name == "uuid.UUID") {
      if (const std::string id = uuid_of(node.state); !id.empty()) return id;
    }
    Json shown{{"object", text(name)}, {"args", render(*node.items[1], depth + 1)}};
    // Keyword arguments, or what was added to a container of a class of its own.
    if (node.items.size() > 2)
      shown["items"] =
          list({PickleNode::Kind::list, {}, {node.items.begin() + 2, node.items.end()}, nullptr}, depth + 1);
    if (node.state) shown["state"] = std::move(state);
    if (const std::string time = iso_time(node); !time.empty()) shown["iso"] = time;
    return shown;
  }
  /// From its state, a dictionary whose `int` is the 128 bits.
  static std::string uuid_of(const PickleNode* state) {
    if (state == nullptr || state->kind != PickleNode::Kind::dictionary) return {};
    for (std::size_t i = 0; i + 1 < state->items.size(); i += 2) {
      if (state->items[i]->scalar != Json("int")) continue;
      const PickleNode& number = *state->items[i + 1];
      std::string digits;
      if (number.kind == PickleNode::Kind::integer) digits = number.scalar.get<std::string>();
      if (number.kind == PickleNode::Kind::scalar && number.scalar.is_number_integer() &&
          number.scalar.get<std::int64_t>() >= 0) {
        char text[19];
        std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(number.scalar.get<std::uint64_t>()));
        digits = text;
      }
      if (!digits.starts_with("0x") || digits.size() > 34) return {};
      digits = std::string(34 - digits.size(), '0') + digits.substr(2);
      for (const std::size_t dash : {8u, 13u, 18u, 23u}) digits.insert(dash, "-");
      return digits;
    }
    return {};
  }

  std::size_t bytes_ = 0;
  std::size_t shown_ = 0;
};

}  // namespace

Json read_pickle(std::string_view bytes) {
  const Pickle pickle = read_pickle_nodes(bytes);
  return PickleRenderer().render(*pickle.value);
}

}  // namespace akqueue::queue

#include "queue/task/message.hpp"

#include <cstdio>

#include "akqueue/error.hpp"
#include "akqueue/json_depth.hpp"
#include "queue/task/pickle.hpp"

namespace akqueue::queue {
namespace {

std::string beginning_of(std::string_view bytes) {
  constexpr std::size_t kShown = 32;
  std::string text;
  char pair[3];
  for (const char c : bytes.substr(0, kShown)) {
    std::snprintf(pair, sizeof pair, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    text += pair;
  }
  return text;
}

}  // namespace

Message read_message(std::string_view bytes) {
  Message message;
  message.size = bytes.size();
  if (bytes.empty()) return message;
  if (bytes.front() == '{') {
    message.form = Message::Form::json;
    const bool too_deep = nested_deeper_than(bytes, kDeepestShown);
    message.content = parse_foreign<Json>(bytes, kDeepestShown);
    if (message.content.is_discarded())
      message.problem = too_deep ? "it is JSON that is nested too deeply" : "it begins like JSON but is not valid";
  } else {
    message.form = Message::Form::pickle;
    try {
      message.content = read_pickle(bytes);
    } catch (const std::exception& error) { message.problem = error.what(); }
  }
  if (message.problem.empty()) return message;
  message.form = Message::Form::unknown;
  message.content = nullptr;
  message.beginning = beginning_of(bytes);
  return message;
}

std::string_view form_name(Message::Form form) {
  switch (form) {
    case Message::Form::empty: return "empty";
    case Message::Form::pickle: return "pickle";
    case Message::Form::json: return "json";
    case Message::Form::unknown: return "unknown";
  }
  return {};
}

}  // namespace akqueue::queue

// A task's message as Dramatiq wrote it: what the actor would be called with.
#pragma once

#include <string>
#include <string_view>

#include "akqueue/json.hpp"

namespace akqueue::queue {

struct Message {
  enum class Form { empty, pickle, json, unknown };
  Form form = Form::empty;
  std::size_t size = 0;   ///< bytes
  Json content;           ///< queue_name, actor_name, args, kwargs, options, …; null if it can't be read
  std::string problem;    ///< why it can't be read
  std::string beginning;  ///< of an unreadable message, in hexadecimal
};

/// Never throws and never unpickles (pickle.hpp).
Message read_message(std::string_view bytes);

/// `empty`, `pickle`, `json`, `unknown`.
std::string_view form_name(Message::Form form);

}  // namespace akqueue::queue

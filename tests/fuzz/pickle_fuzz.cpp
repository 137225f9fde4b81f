// Messages of tasks: pickles and what pretends to be one. Never an exception, and whatever is listed can be printed.
#include "fuzz.hpp"
#include "queue/task/message.hpp"
#include "queue/task/message_arguments.hpp"
#include "ui/text.hpp"

using namespace akqueue;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const queue::Message message = queue::read_message(fuzz::text_of(data, size));
  fuzz::require(message.size == size);
  const std::string printed = message.content.dump(2, ' ', false, Json::error_handler_t::replace);
  // What is repeated by reference must not grow without bound.
  fuzz::require(printed.size() < (std::size_t{64} << 20));
  const auto arguments = queue::arguments_of_message(fuzz::text_of(data, size));
  fuzz::require(!arguments || arguments->size() < size + (std::size_t{4} << 20));
  fuzz::require_harmless(ui::Text(message.problem).view());
  return 0;
}

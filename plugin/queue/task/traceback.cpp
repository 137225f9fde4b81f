#include "queue/task/traceback.hpp"

#include <algorithm>

#include "akqueue/json_depth.hpp"

namespace akqueue::queue {
namespace {

constexpr std::string_view kHeader = "Traceback (most recent call last)";

std::vector<std::string> lines_in(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

std::string word_in(const session::Value& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>()
                            : found->dump(-1, ' ', false, session::Value::error_handler_t::replace);
}

/// The exceptions in the attribute: the one that was raised first, then what it followed from.
std::vector<session::Value> exceptions_in(const session::Value& attributes) {
  std::vector<session::Value> all;
  if (!attributes.is_object()) return all;
  const auto found = attributes.find(kExceptionAttribute);
  if (found == attributes.end()) return all;
  const session::Value list = found->is_object() ? session::Value::array({*found}) : *found;
  if (!list.is_array()) return all;
  for (const session::Value& one : list) {
    if (one.is_object() && one.contains("exc_type")) all.push_back(one);
  }
  return all;
}

std::string named(const session::Value& exception) {
  const std::string message = word_in(exception, "exc_value");
  return word_in(exception, "exc_type") + (message.empty() ? "" : ": " + message);
}

void add_exception(const session::Value& exception, std::vector<std::string>& lines) {
  if (!lines.empty()) lines.emplace_back("which led to:");
  lines.push_back(std::string(kHeader) + ":");
  const auto frames = exception.find("frames");
  if (frames != exception.end() && frames->is_array()) {
    for (const session::Value& frame : *frames) {
      if (frame.is_object())
        lines.push_back("  File \"" + word_in(frame, "filename") + "\", line " + word_in(frame, "lineno") + ", in " +
                        word_in(frame, "name"));
    }
  }
  for (std::string& line : lines_in(named(exception))) lines.push_back(std::move(line));
}

/// What stands after the last frame.
std::string raised_in(const std::vector<std::string>& lines) {
  std::size_t place = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("  ") || lines[i].find(kHeader) != std::string::npos) place = i + 1;
  }
  return place < lines.size() ? lines[place] : std::string();
}

}  // namespace

session::Value read_attributes(const std::string& json) { return parse_foreign<session::Value>(json, kDeepestValue); }

std::vector<std::string> traceback_in(std::string_view event, const session::Value& attributes) {
  std::vector<std::string> lines;
  const std::vector<session::Value> exceptions = exceptions_in(attributes);
  for (std::size_t i = exceptions.size(); i-- > 0;) add_exception(exceptions[i], lines);
  if (!lines.empty() || event.find(kHeader) == std::string_view::npos) return lines;
  return lines_in(event);
}

std::string error_in(std::string_view event, const session::Value& attributes) {
  const std::vector<session::Value> exceptions = exceptions_in(attributes);
  const std::string raised = !exceptions.empty()                             ? named(exceptions.front())
                             : event.find(kHeader) != std::string_view::npos ? raised_in(lines_in(event))
                                                                             : std::string(event);
  return raised.substr(0, raised.find('\n'));
}

}  // namespace akqueue::queue

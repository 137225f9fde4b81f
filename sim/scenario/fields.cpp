#include "scenario/fields.hpp"

#include <algorithm>

#include "akqueue/command_line.hpp"
#include "akqueue/error.hpp"
#include "akqueue/time.hpp"

namespace akqueue::sim {

Fields::Fields(std::string file, std::string path, Json object)
    : file_(std::move(file)), path_(std::move(path)), object_(std::move(object)) {
  if (!object_.is_object()) {
    throw Error(ErrorCode::usage, file_ + ": " + (path_.empty() ? "" : path_ + ": ") + "must be an object");
  }
}

void Fields::wrong(std::string_view name, const std::string& must, const std::string& hint) const {
  const std::string dot = path_.empty() ? "" : path_ + ".";
  throw Error(ErrorCode::usage, file_ + ": " + dot + std::string(name) + ": " + must, hint);
}

const Json* Fields::find(std::string_view name) {
  known_.emplace_back(name);
  const auto found = object_.find(std::string(name));
  return found == object_.end() ? nullptr : &*found;
}

bool Fields::has(std::string_view name) { return find(name) != nullptr; }

std::string Fields::text(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr) wrong(name, "is missing");
  if (!value->is_string() || value->get_ref<const std::string&>().empty()) wrong(name, "must be a text");
  return value->get<std::string>();
}

std::string Fields::text_or(std::string_view name, std::string otherwise) {
  return find(name) == nullptr ? std::move(otherwise) : text(name);
}

std::string Fields::choice(std::string_view name, const std::vector<std::string>& allowed,
                           const std::string& otherwise) {
  const std::string given = otherwise.empty() ? text(name) : text_or(name, otherwise);
  if (std::ranges::find(allowed, given) != allowed.end()) return given;
  std::string list;
  for (const std::string& one : allowed) list += (list.empty() ? "" : ", ") + one;
  const auto near = nearest(given, allowed);
  wrong(name, "must be one of " + list, near ? "did you mean " + *near + "?" : "");
}

std::optional<double> Fields::share(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  const double number = value->is_number() ? value->get<double>() : -1;
  if (number < 0 || number > 1) wrong(name, "must be a number from 0 to 1");
  return number;
}

std::int64_t Fields::count_or(std::string_view name, std::int64_t otherwise, std::int64_t least, std::int64_t most) {
  const Json* value = find(name);
  if (value == nullptr) return otherwise;
  const bool good =
      value->is_number_integer() && value->get<std::int64_t>() >= least && value->get<std::int64_t>() <= most;
  if (!good) wrong(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return value->get<std::int64_t>();
}

double Fields::number_or(std::string_view name, double otherwise, double least, double most) {
  const Json* value = find(name);
  if (value == nullptr) return otherwise;
  const bool good = value->is_number() && value->get<double>() >= least && value->get<double>() <= most;
  if (!good)
    wrong(name, "must be a number from " + Json(static_cast<std::int64_t>(least)).dump() + " to " +
                    Json(static_cast<std::int64_t>(most)).dump());
  return value->get<double>();
}

bool Fields::flag(std::string_view name, bool otherwise) {
  const Json* value = find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) wrong(name, "must be true or false");
  return value->get<bool>();
}

std::optional<std::int64_t> Fields::seconds(const Json& value, bool with_sign) {
  if (!value.is_string()) return std::nullopt;
  std::string_view text = value.get_ref<const std::string&>();
  if (text == "now") return 0;
  const bool negative = with_sign && text.starts_with('-');
  if (negative || (with_sign && text.starts_with('+'))) text.remove_prefix(1);
  try {
    const std::int64_t length = parse_duration(text);
    return negative ? -length : length;
  } catch (const Error&) { return std::nullopt; }
}

std::int64_t Fields::duration_or(std::string_view name, std::int64_t otherwise) {
  const Json* value = find(name);
  if (value == nullptr) return otherwise;
  const auto length = seconds(*value, false);
  if (!length) wrong(name, "must be a duration like \"90s\" or \"3d\", or \"now\"");
  return *length;
}

std::optional<Span> Fields::span(std::string_view name, bool with_sign) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  const bool pair = value->is_array() && value->size() == 2;
  const auto from = seconds(pair ? value->front() : *value, with_sign);
  const auto to = seconds(pair ? value->back() : *value, with_sign);
  if (!from || !to || *from > *to) {
    wrong(name, with_sign ? "must be two times from now like [\"-5m\", \"2h\"], the earlier first"
                          : "must be two durations like [\"5m\", \"2h\"], the shorter first");
  }
  return Span{*from, *to};
}

Json Fields::items(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr) return Json::array();
  if (!value->is_array()) wrong(name, "must be an array");
  return *value;
}

Json Fields::object(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) wrong(name, "must be an object");
  return *value;
}

Fields Fields::inside(std::string_view name, const Json& object) const {
  return {file_, (path_.empty() ? "" : path_ + ".") + std::string(name), object};
}

Fields Fields::item(std::string_view name, std::size_t index, const Json& object) const {
  return inside(std::string(name) + "[" + std::to_string(index) + "]", object);
}

std::vector<Fields> Fields::each(std::string_view name) {
  std::vector<Fields> all;
  for (const Json& one : items(name)) all.push_back(item(name, all.size(), one));
  return all;
}

void Fields::finish() const {
  for (const auto& [name, value] : object_.items()) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    const auto near = nearest(name, known_);
    std::string list;
    for (const std::string& one : known_) {
      if (list.find(", " + one + ",") == std::string::npos) list += one + ", ";
    }
    wrong(name, "is not a known field",
          near ? "did you mean " + *near + "?" : "the fields are " + list.substr(0, list.size() - 2));
  }
}

}  // namespace akqueue::sim

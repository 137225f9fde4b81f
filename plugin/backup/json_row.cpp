#include "backup/json_row.hpp"

#include <algorithm>

#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"

namespace akqueue::backup {
namespace {

/// Replaces long numbers and exponents by short ones: the parser would refuse what a double can't hold, and only the
/// database reads them.
std::string with_small_numbers(std::string_view json) {
  constexpr std::size_t kHarmless = 15;
  std::string text;
  text.reserve(json.size());
  bool in_string = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (in_string || c < '0' || c > '9') {
      if (in_string && c == '\\') text += json[at++];
      else if (c == '"') in_string = !in_string;
      if (at < json.size()) text += json[at];
      continue;
    }
    const std::size_t end = std::min(json.find_first_not_of("0123456789", at), json.size());
    const auto last = text.find_last_not_of("+-");
    const bool exponent = last != std::string::npos && (text[last] == 'e' || text[last] == 'E');
    text += exponent ? std::string_view("0") : json.substr(at, end - at > kHarmless ? 1 : end - at);
    at = end - 1;
  }
  return text;
}

class TopLevel final : public nlohmann::json_sax<ForeignJson> {
 public:
  JsonTask task;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t value) override { return number(value); }
  bool number_unsigned(number_unsigned_t value) override { return number(static_cast<std::int64_t>(value)); }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t& value) override {
    if (depth_ != 1) return true;
    if (key_ == "state") task.state = value;
    if (key_ == "actor_name") task.actor = value;
    if (key_ == "tenant_id") task.tenant = value;
    return true;
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return ++depth_ > 0; }
  bool key(string_t& name) override {
    if (depth_ == 1) key_ = name;
    return true;
  }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(std::size_t) override { return ++depth_ > 1; }
  bool end_array() override { return --depth_ >= 0; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  bool number(std::int64_t value) {
    if (depth_ == 1 && key_ == "rel_obj_content_type_id") task.content_type = value;
    return true;
  }
  int depth_ = 0;
  std::string key_;
};

}  // namespace

std::optional<JsonTask> read_json_row(std::string_view json) {
  TopLevel row;
  if (!json.starts_with('{') || !ForeignJson::sax_parse(with_small_numbers(json), &row)) return std::nullopt;
  return row.task;
}

ForeignJson parse_json_row(std::string_view json) {
  return parse_foreign<ForeignJson>(with_small_numbers(json), kDeepestValue);
}

}  // namespace akqueue::backup

#include "cluster/foreign_json.hpp"

#include <limits>

namespace akqueue::cluster::foreign {

const ForeignJson& at(const ForeignJson& object, Path path) {
  static const ForeignJson null;
  const ForeignJson* here = &object;
  for (const std::string_view key : path) {
    if (!here->is_object()) return null;
    const auto found = here->find(key);
    if (found == here->end()) return null;
    here = &*found;
  }
  return *here;
}

std::string text(const ForeignJson& object, Path path) {
  const ForeignJson& value = at(object, path);
  return value.is_string() ? value.get<std::string>() : std::string();
}

int number(const ForeignJson& object, Path path) {
  const ForeignJson& value = at(object, path);
  if (!value.is_number_integer()) return 0;
  const auto whole = value.get<std::int64_t>();
  const bool fits = whole >= std::numeric_limits<int>::min() && whole <= std::numeric_limits<int>::max();
  return fits ? static_cast<int>(whole) : 0;
}

std::map<std::string, std::string> texts(const ForeignJson& object, Path path) {
  std::map<std::string, std::string> all;
  const ForeignJson& values = at(object, path);
  if (!values.is_object()) return all;
  for (const auto& [key, value] : values.items()) {
    if (value.is_string()) all.emplace(key, value.get<std::string>());
  }
  return all;
}

}  // namespace akqueue::cluster::foreign

// Reads the fields of a JSON object and says exactly what is wrong with one: file, path, what it must be. Every field
// that is read is a known one; finish() refuses all others.
//
// Errors: Error (usage), like `calm.json: tasks[2].share: must be a number from 0 to 1`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"

namespace akqueue::sim {

/// Seconds before or after now.
struct Span {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

class Fields {
 public:
  /// `path` leads to the object within `file`: empty, or like `tasks[2]`.
  Fields(std::string file, std::string path, Json object);

  bool has(std::string_view name);
  std::string text(std::string_view name);
  std::string text_or(std::string_view name, std::string otherwise);
  /// One of `allowed`.
  std::string choice(std::string_view name, const std::vector<std::string>& allowed, const std::string& otherwise = {});
  std::optional<double> share(std::string_view name);
  std::int64_t count_or(std::string_view name, std::int64_t otherwise, std::int64_t least = 0,
                        std::int64_t most = 100'000'000);
  double number_or(std::string_view name, double otherwise, double least, double most);
  bool flag(std::string_view name, bool otherwise);
  /// Seconds, from `90s` or `3d`; `now` is 0.
  std::int64_t duration_or(std::string_view name, std::int64_t otherwise);
  /// A duration or an array of two; with a sign where `with_sign`. In growing order.
  std::optional<Span> span(std::string_view name, bool with_sign = false);
  /// The items of an array; none if it is absent.
  Json items(std::string_view name);
  /// An object, or null if it is absent.
  Json object(std::string_view name);
  /// The fields of each object in an array; none if it is absent.
  std::vector<Fields> each(std::string_view name);
  /// The fields of the object at `name`, which must exist.
  Fields inside(std::string_view name, const Json& object) const;
  /// The fields of item `index` of the array there, which is `object`.
  Fields item(std::string_view name, std::size_t index, const Json& object) const;

  /// Refuses fields that were not read, suggesting the nearest known one.
  void finish() const;
  [[noreturn]] void wrong(std::string_view name, const std::string& must, const std::string& hint = {}) const;

 private:
  const Json* find(std::string_view name);
  static std::optional<std::int64_t> seconds(const Json& value, bool with_sign);

  std::string file_;
  std::string path_;
  Json object_;
  std::vector<std::string> known_;
};

}  // namespace akqueue::sim

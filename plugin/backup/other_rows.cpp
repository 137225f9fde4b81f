#include "backup/other_rows.hpp"

#include "akqueue/tasks.hpp"

namespace akqueue::backup {

void OtherRows::add(std::string_view table, std::int64_t rows) {
  std::int64_t& kind = table == kTaskLogTable ? logs : table == kDependencyTable ? dependencies : others;
  kind += rows;
}

OtherRows& OtherRows::operator+=(const OtherRows& more) {
  logs += more.logs;
  dependencies += more.dependencies;
  others += more.others;
  return *this;
}

Json OtherRows::to_json() const { return {{"logs", logs}, {"dependencies", dependencies}, {"others", others}}; }

OtherRows OtherRows::from_json(const Json& object) {
  const auto number = [&](const char* name) { return object.value(name, std::int64_t{0}); };
  return {number("logs"), number("dependencies"), number("others")};
}

}  // namespace akqueue::backup

#include "world/world.hpp"

#include <chrono>
#include <filesystem>

#include "replica/functions.hpp"

namespace akqueue::sim {
namespace {

const std::string& existing(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::is_regular_file(path, failure)) return path;
  throw Error(ErrorCode::system, "there is no world " + path, "akqueue-sim create " + path + " --scenario calm");
}

}  // namespace

World::World(const std::string& path) : database_(existing(path)) {
  std::int64_t application = 0;
  std::int64_t version = 0;
  try {
    application = database_.integer_of("PRAGMA application_id");
    version = database_.integer_of("PRAGMA user_version");
  } catch (const Error&) {
    // Not even a database.
  }
  if (application != kApplicationId) throw Error(ErrorCode::system, path + " is no world of akqueue-sim");
  if (version != kWorldVersion) {
    throw Error(ErrorCode::system, path + " was made by another version of akqueue-sim", "make it again: akqueue-sim create --force");
  }
  // A rehearsal must survive any kill, not a power cut. SQLite's own 2 MB of cache thrash on a large world.
  database_.run("PRAGMA synchronous = OFF; PRAGMA cache_size = -65536");
  if (const std::string schema = fact("schema"); !schema.empty()) database_.set_schema(schema);
  base_ = parse_timestamp(fact("now")).value_or(0);
  made_ = parse_timestamp(fact("made")).value_or(0);
  frozen_ = fact("frozen") == "1";
  add_functions(database_, [this] { return now(); });
}

std::string World::fact(std::string_view key) {
  const SqlValue name = std::string(key);
  return database_.text_of("SELECT value FROM sim_world WHERE key = ?1", {&name, 1}).value_or("");
}

nlohmann::ordered_json World::json_fact(std::string_view key) {
  return nlohmann::ordered_json::parse(fact(key), nullptr, false);
}

Timestamp World::now() { return frozen_ ? base_ : base_ + (real_now() - made_); }

std::vector<nlohmann::ordered_json> World::objects(std::string_view kind, std::string_view name_space) {
  std::vector<nlohmann::ordered_json> objects;
  Statement statement = database_.prepare(
      "SELECT json FROM sim_object WHERE kind = ?1 AND (?2 = '' OR namespace = ?2) ORDER BY namespace, name");
  statement.bind_text(1, kind).bind_text(2, name_space);
  while (statement.step()) objects.push_back(nlohmann::ordered_json::parse(statement.text(0)));
  return objects;
}

Timestamp real_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

}  // namespace akqueue::sim

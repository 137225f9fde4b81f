#include "world/world.hpp"

#include <filesystem>

#include "akqueue/json_depth.hpp"
#include "replica/functions.hpp"

namespace akqueue::sim {
namespace {

std::string existing(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::is_regular_file(path, failure)) return path;
  throw Error(ErrorCode::system, "there is no world " + path, "akqueue-sim create " + path + " --scenario calm");
}

}  // namespace

World::World(const std::string& path, std::function<Timestamp()> real) : database_(existing(path)) {
  std::int64_t application = 0;
  std::int64_t version = 0;
  try {
    application = database_.integer_of("PRAGMA application_id");
    version = database_.integer_of("PRAGMA user_version");
  } catch (const Error&) {
    // Not even a database.
  }
  if (application != kApplicationId) throw Error(ErrorCode::system, path + " is not a world of akqueue-sim");
  if (version != kWorldVersion) {
    throw Error(ErrorCode::system, path + " was made by another version of akqueue-sim",
                "create it again: akqueue-sim create --force");
  }
  // A rehearsal must survive any kill, not a power cut. SQLite's own 2 MB of cache thrash on a large world, and so does
  // writing the pages of each batch back at once: those of the indexes change in the next batch again.
  database_.run("PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384");
  if (const std::string schema = fact("schema"); !schema.empty()) database_.set_schema(schema);
  clock_.emplace(database_, parse_timestamp(fact("now")).value_or(0), fact("frozen") == "1", std::move(real));
  add_functions(database_, [this] { return now(); });
}

std::string World::fact(std::string_view key) {
  const SqlValue name = std::string(key);
  return database_.text_of("SELECT value FROM sim_world WHERE key = ?1", {&name, 1}).value_or("");
}

Json World::json_fact(std::string_view key) { return parse_foreign<Json>(fact(key)); }

}  // namespace akqueue::sim

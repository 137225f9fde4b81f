// The simulator's side of the protocol: whatever lines a plugin asks with. What SQL does is SQLite's own affair, so
// statements that leave the database or never end are passed over.
#include "fuzz.hpp"
#include "replica/server.hpp"

#include <cctype>

using namespace akqueue;

namespace {

bool leaves_the_database(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* word : {"attach", "vacuum", "recursive", "randomblob", "zeroblob", "printf", "format", "pragma",
                           "generate_series", "u00"}) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  if (leaves_the_database(std::string(text))) return 0;
  sim::Database database(":memory:", sim::Database::Open::create);
  database.run(
      "CREATE TABLE authentik_tasks_task (message_id uuid PRIMARY KEY, state text, mtime timestamptz, message bytea)");
  database.run(
      "INSERT INTO authentik_tasks_task VALUES ('11111111-2222-4333-8444-555555555555', 'queued', "
      "'2026-05-01T12:00:00.000000Z', x'8004')");
  sim::ReplicaServer server(database, {"authentik", "authentik", "2025.12.4", [] { return Timestamp{0}; }});
  const auto check = [](std::string_view reply) {
    fuzz::require(reply.find('\n') == std::string_view::npos && reply.size() > 1 && reply[1] == ' ');
  };
  for (const std::string& line : fuzz::lines_of(text)) {
    if (server.expects() > 0) server.take(line);
    else if (!server.handle(line, {check, [](std::string_view) {}})) break;
  }
  return 0;
}

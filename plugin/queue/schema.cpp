#include "queue/schema.hpp"

#include <algorithm>
#include <array>

#include "akqueue/json.hpp"
#include "akqueue/tasks.hpp"

namespace akqueue::embedded {

extern const std::string_view schema_2025_8;  // fixtures/schema/2025.8.json
extern const std::string_view schema_2025_10;
extern const std::string_view schema_2026_5;
extern const std::string_view schema_2026_8;
extern const std::string_view schema_next;

}  // namespace akqueue::embedded

namespace akqueue::queue {
namespace {

using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 2> kOtherTables{kWorkerStatusTable, kScheduleTable};

bool contains(const Words& words, const std::string& word) { return std::ranges::find(words, word) != words.end(); }

/// A trigger's name identifies it: the name changes with the body.
Words names_of(const Words& triggers) {
  Words names;
  for (const std::string& trigger : triggers) names.push_back(trigger.substr(0, trigger.find(':')));
  return names;
}

class Comparison {
 public:
  explicit Comparison(std::string table) : table_(std::move(table)) {}

  void columns(const ForeignJson& known, const std::vector<session::Column>& live) {
    for (const ForeignJson& column : known) {
      const auto name = column.at("name").get<std::string>();
      const auto type = column.at("type").get<std::string>();
      const auto mine = std::ranges::find(live, name, &session::Column::name);
      if (mine == live.end()) {
        say("column " + name + " is missing");
      } else if (mine->type != type) {
        say("column " + name + " is " + mine->type + ", not " + type);
      } else if (mine->nullable != column.at("nullable").get<bool>()) {
        say("column " + name + (mine->nullable ? " may be null" : " may not be null"));
      }
    }
    for (const session::Column& column : live) {
      if (std::ranges::none_of(known, [&](const ForeignJson& one) { return one.at("name") == column.name; }))
        say("column " + column.name + " (" + column.type + ") is unknown");
    }
  }

  void words(const std::string& what, const Words& known, const Words& live) {
    for (const std::string& one : known) {
      if (!contains(live, one)) say(what + " " + one + " is missing");
    }
    for (const std::string& one : live) {
      if (!contains(known, one)) say(what + " " + one + " is unknown");
    }
  }

  void say(std::string what) { found.push_back({table_, std::move(what)}); }

  std::vector<SchemaDifference> found;

 private:
  std::string table_;
};

struct KnownRelease {
  std::string name;
  ForeignJson description;
};

std::vector<KnownRelease> known_releases() {
  std::vector<KnownRelease> releases;
  for (const std::string_view text : {embedded::schema_2025_8, embedded::schema_2025_10, embedded::schema_2026_5,
                                      embedded::schema_2026_8, embedded::schema_next}) {
    ForeignJson description = ForeignJson::parse(text);
    releases.push_back({description.at("releases").get<std::string>(), std::move(description)});
  }
  return releases;
}

}  // namespace

std::vector<SchemaDifference> differences_from(const ForeignJson& release, const std::vector<session::Table>& tables) {
  std::vector<SchemaDifference> all;
  const ForeignJson& known = release.at("tables");
  for (const auto& [name, description] : known.items()) {
    Comparison comparison(name);
    const auto live = std::ranges::find(tables, name, &session::Table::name);
    if (live == tables.end()) {
      comparison.say("the table is missing");
    } else {
      comparison.columns(description.at("columns"), live->columns);
      comparison.words("index", description.at("indexes").get<Words>(), live->indexes);
      comparison.words("trigger", names_of(description.at("triggers").get<Words>()), names_of(live->triggers));
    }
    all.insert(all.end(), comparison.found.begin(), comparison.found.end());
  }
  for (const session::Table& table : tables) {
    if (!known.contains(table.name)) all.push_back({table.name, "the table is unknown"});
  }
  return all;
}

SchemaReport read_schema(const session::Database& database) {
  SchemaReport report;
  report.tables = database.catalog.tables;
  report.references = database.catalog.references;
  for (const std::string_view name : kOtherTables) {
    session::Catalog other = database.session.introspect(name);
    if (!other.tables.empty()) report.tables.push_back(std::move(other.tables.front()));
  }
  auto fewest = static_cast<std::size_t>(-1);
  for (const KnownRelease& release : known_releases()) {
    std::vector<SchemaDifference> differences = differences_from(release.description, report.tables);
    if (differences.size() >= fewest) continue;
    fewest = differences.size();
    report.release = release.name;
    report.differences = std::move(differences);
  }
  return report;
}

}  // namespace akqueue::queue

#include "queue/filter/typed_filter.hpp"

#include <algorithm>

#include "akqueue/command_line.hpp"
#include "queue/filter/content_types.hpp"
#include "queue/filter/name_resolution.hpp"
#include "queue/filter/tenants.hpp"

namespace akqueue {
namespace {

std::string listing(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 8;
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) list += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kShown ? list + ", …" : list;
}

bool looks_like_object_id(const std::string& text) {
  return Uuid::parse(text) || (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos);
}

std::vector<std::int64_t> types_named(const std::string& word, const std::vector<Kind>& kinds) {
  std::vector<std::int64_t> types;
  std::vector<std::string> names;
  for (const Kind& kind : kinds) {
    if (kind.name() == word || kind.model == word) types.push_back(kind.id);
    names.push_back(kind.name());
    names.push_back(kind.model);
  }
  if (!types.empty()) return types;
  const auto near = nearest(word, names);
  if (kinds.empty())
    throw Error(ErrorCode::unsupported, "this database does not name its kinds of objects",
                "--object takes the object's ID alone");
  throw Error(
      ErrorCode::usage, "no kind of object '" + word + "'",
      near ? "did you mean " + *near + "?" : "write it like authentik_outposts.outpost, outpost/ID or the object's ID");
}

RelatedObjects resolve_object(const std::string& written, const std::vector<Kind>& kinds) {
  RelatedObjects object;
  object.written = written;
  const auto slash = written.find('/');
  if (slash == std::string::npos && looks_like_object_id(written)) {
    object.id = written;
    return object;
  }
  object.content_types = types_named(written.substr(0, slash), kinds);
  if (slash != std::string::npos) object.id = written.substr(slash + 1);
  if (slash != std::string::npos && object.id.empty()) {
    throw Error(ErrorCode::usage, "'" + written + "' has no ID behind the slash",
                "leave the slash out to mean all objects of the kind");
  }
  return object;
}

/// Where the tenants have no table of their own, those that tasks have: a scan.
std::vector<Tenant> tenants_of_tasks(const Database& database) {
  std::vector<Tenant> tenants = read_tenants(database);
  if (!tenants.empty()) return tenants;
  database.session.query({"SELECT DISTINCT t.tenant_id FROM " + database.task().quoted() + " AS t"},
                         [&](const Value& row) { tenants.push_back({text(row.at(0)), "", ""}); });
  return tenants;
}

std::string resolve_tenant(const std::string& written, const std::vector<Tenant>& tenants) {
  std::vector<std::string> meant;
  std::vector<std::string> known;
  for (const Tenant& tenant : tenants) {
    if (written == tenant.id) return tenant.id;
    const bool begun = written.size() >= kLeastBeginning && tenant.id.starts_with(written);
    if (begun || written == tenant.name || written == tenant.schema_name) meant.push_back(tenant.id);
    known.push_back(tenant.name.empty() ? tenant.id : tenant.name);
  }
  if (meant.size() == 1) return meant.front();
  if (meant.size() > 1)
    throw Error(ErrorCode::usage, "'" + written + "' could be any of the tenants " + listing(meant),
                "write the whole id");
  const auto near = nearest(written, known);
  throw Error(ErrorCode::usage, "no tenant '" + written + "'",
              near ? "did you mean " + *near + "?" : "there are " + listing(known));
}

void check_tenant_column(const Database& database) {
  if (database.task().has("tenant_id")) return;
  throw Error(ErrorCode::unsupported, "tasks have no tenant in this release of authentik", "leave out --tenant");
}

/// Some task is of this actor. Found at once where there are many of them.
bool exists(const Database& database, const std::string& actor) {
  Statement statement;
  const std::string name = statement.bind(actor);
  statement.sql = "SELECT 1 FROM " + database.task().quoted() + " AS t WHERE t.actor_name = " + name + " LIMIT 1";
  return !database.session.rows(statement).empty();
}

/// Whole names that tasks have need no list of all names, which is a scan of the table.
std::vector<std::string> actors_of(const Database& database, const std::vector<std::string>& written) {
  const auto whole = [&](const std::string& name) {
    return name.find_first_of("*?") == std::string::npos && name.find('.') != std::string::npos &&
           exists(database, name);
  };
  if (std::ranges::all_of(written, whole)) {
    std::vector<std::string> names = written;
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }
  return resolve_actors(written, read_actors(database));
}

}  // namespace

bool TaskChoice::empty() const {
  return queues.empty() && states.empty() && actors.empty() && uids.empty() && objects.empty() && tenants.empty() &&
         !has_ids() && !older_than_s && !newer_than_s && log_text.empty() && !expired && !keep_newest && !limit;
}

TaskFilter resolve(const Database& database, const TaskChoice& choice) {
  TaskFilter filter;
  filter.queues = choice.queues;
  filter.states = choice.states;
  filter.uids = choice.uids;
  filter.older_than_s = choice.older_than_s;
  filter.newer_than_s = choice.newer_than_s;
  filter.log_text = choice.log_text;
  filter.expired = choice.expired;
  filter.keep_newest = choice.keep_newest;
  filter.limit = choice.limit;
  if (!choice.actors.empty()) filter.actors = actors_of(database, choice.actors);
  if (!choice.objects.empty()) {
    const std::vector<Kind> kinds = read_kinds(database);
    for (const std::string& written : choice.objects) filter.objects.push_back(resolve_object(written, kinds));
  }
  if (!choice.tenants.empty()) {
    check_tenant_column(database);
    const std::vector<Tenant> tenants = tenants_of_tasks(database);
    for (const std::string& written : choice.tenants) filter.tenants.push_back(resolve_tenant(written, tenants));
  }
  filter.ids = choice.ids;
  for (const std::string& beginning : choice.id_beginnings) filter.ids.push_back(resolve_id(database, beginning));
  std::ranges::sort(filter.ids);
  filter.ids.erase(std::unique(filter.ids.begin(), filter.ids.end()), filter.ids.end());
  return filter;
}

Uuid resolve_id(const Database& database, std::string_view written) {
  constexpr int kShown = 5;
  const std::string word(written);
  const auto range = Uuid::beginning_with(written);
  if (!range || written.size() < kLeastBeginning) {
    throw Error(ErrorCode::usage, "'" + word + "' is not a task id",
                "an id looks like 11111111-2222-4333-8444-555555555555, and its first 4 digits or more will do; an "
                "actor is given with --actor");
  }
  Statement statement;
  const std::string first = statement.bind(range->first.to_string());
  const std::string last = statement.bind(range->last.to_string());
  statement.sql = "SELECT t.message_id FROM " + database.task().quoted() + " AS t WHERE t.message_id >= " + first +
                  " AND t.message_id <= " + last + " ORDER BY t.message_id LIMIT " + std::to_string(kShown + 1);
  std::vector<std::string> found;
  database.session.query(statement, [&](const Value& row) { found.push_back(text(row.at(0))); });
  if (found.size() == 1) return Uuid::parse(found.front()).value();
  if (found.empty())
    throw Error(ErrorCode::not_found, "no task '" + word + "'",
                "it may have been deleted or purged; kubectl akqueue list --all shows what there is");
  const std::string more = found.size() > kShown ? ", …" : "";
  found.resize(std::min<std::size_t>(found.size(), kShown));
  throw Error(ErrorCode::usage, "'" + word + "' begins several ids: " + listing(found) + more, "write more of the id");
}

}  // namespace akqueue

// --object: what a task is about: a kind of object, or one of them.
#include <algorithm>

#include "akqueue/words.hpp"
#include "queue/filter/content_types.hpp"
#include "queue/filter/task_condition.hpp"

namespace akqueue::queue {
namespace {

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
    throw Error(ErrorCode::unsupported, "this database has no names for kinds of objects",
                "give --object the object's ID alone");
  throw Error(ErrorCode::usage, "there is no kind of object '" + word + "'",
              near ? "did you mean " + *near + "?"
                   : "write it like authentik_outposts.outpost or outpost/ID, or give the object's ID");
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
    throw Error(ErrorCode::usage, "'" + written + "' has no ID after the slash",
                "leave the slash out to mean all objects of the kind");
  }
  return object;
}

void resolve_objects(const session::Database& database, const TaskChoice& choice, TaskFilter& filter) {
  const std::vector<Kind> kinds = read_kinds(database);
  for (const std::string& written : choice.objects) filter.objects.push_back(resolve_object(written, kinds));
}

std::string words_of_objects(const TaskFilter& filter) {
  std::vector<std::string> objects;
  for (const RelatedObjects& object : filter.objects) objects.push_back(object.written);
  return " about " + listed_words(objects, "or");
}

std::string sql_of_object(const SqlScope& scope, const RelatedObjects& object) {
  std::vector<std::string> bound;
  for (const std::int64_t type : object.content_types) bound.push_back(scope.statement.bind(type));
  const std::string types =
      bound.empty() ? std::string() : scope.column("rel_obj_content_type_id") + " IN (" + joined(bound) + ")";
  if (object.id.empty()) return types;
  return (types.empty() ? "" : types + " AND ") + scope.column("rel_obj_id") + " = " + scope.statement.bind(object.id);
}

std::string sql_of_objects(const SqlScope& scope) {
  std::string any;
  for (const RelatedObjects& object : scope.selection.filter.objects)
    any += (any.empty() ? "" : " OR ") + sql_of_object(scope, object);
  return "(" + any + ")";
}

void check_file(const TaskChoice& choice) {
  for (const std::string& object : choice.objects) {
    if (!looks_like_object_id(object))
      only_a_site_knows("--object " + object, "only the site knows its kinds of objects",
                        "give the object's id: --object ID");
  }
}

}  // namespace

TaskCondition object_condition() {
  return {
      .option = {"object", 0, "OBJECT", "only tasks about this object: KIND, KIND/ID or ID, like outpost/11111111-…",
                 true},
      .place = Place::objects,
      .read = [](const Options& options, TaskChoice& choice) { choice.objects = options.each("object"); },
      .typed = [](const TaskChoice& choice) { return !choice.objects.empty(); },
      .resolve = resolve_objects,
      .given = [](const TaskFilter& filter) { return !filter.objects.empty(); },
      .words = words_of_objects,
      .document =
          [](const TaskFilter& filter, Json& document) {
            for (const RelatedObjects& object : filter.objects) document["objects"].push_back(object.written);
          },
      .sql = sql_of_objects,
      .check_file = check_file,
      .holds = [](const TaskChoice& choice,
                  const FileScope& scope) { return is_among(choice.objects, scope.task.object_id); },
  };
}

}  // namespace akqueue::queue

#include "kubectl/named.hpp"

#include "simulation/catch_up.hpp"

namespace akqueue::sim {
namespace {

/// Holds the world's write lock; rolls back at the end unless done() was called.
class Writing {
 public:
  explicit Writing(Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
  ~Writing() {
    if (database_.in_transaction()) database_.run("ROLLBACK");
  }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;
  void done() { database_.run("COMMIT"); }

 private:
  Database& database_;
};

}  // namespace

const Resource& known_resource(const std::string& name) {
  const Resource* resource = find_resource(name);
  if (resource == nullptr) throw Failure("error: the server doesn't have a resource type \"" + name + "\"");
  return *resource;
}

std::string Named::words() const {
  return std::string(resource->singular) + (resource->group.empty() ? "" : "." + std::string(resource->group)) + "/" +
         name;
}

NamedObjects named_objects(const std::vector<std::string>& words) {
  if (words.empty()) throw Failure("error: you must provide one or more resources by argument or filename.");
  NamedObjects found;
  if (words[0].find('/') == std::string::npos) {
    found.resource = &known_resource(words[0]);
    for (std::size_t i = 1; i < words.size(); ++i) found.named.push_back({found.resource, words[i]});
    return found;
  }
  for (const std::string& word : words) {
    const auto slash = word.find('/');
    if (slash == std::string::npos)
      throw Failure(
          "error: there is no need to specify a resource type as a separate argument when passing arguments in "
          "resource/name form");
    found.named.push_back({&known_resource(word.substr(0, slash)), word.substr(slash + 1)});
  }
  found.resource = found.named.front().resource;
  return found;
}

bool change(Client& client, const Named& one, const ChangeObject& change_one) {
  Writing writing(client.world().database());
  const ClusterObject before = client.object(*one.resource, one.name);
  ClusterObject after = change_one(before);
  if (after == before) return false;
  change_object(client.world(), before, std::move(after));
  writing.done();
  return true;
}

}  // namespace akqueue::sim

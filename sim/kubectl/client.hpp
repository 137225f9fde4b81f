// What a call of kubectl has to know before it does anything: context, user, namespace, permissions. Also the kinds of
// objects in this cluster.
//
// Errors: Failure with kubectl's own text.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "kubectl/arguments.hpp"
#include "world/world.hpp"

namespace akqueue::sim {

/// Lines, and bytes between them, from standard input. Abstract so that a test needs no pipe.
class Input {
 public:
  virtual ~Input() = default;
  /// The next line without its end; false at the end of the input.
  virtual bool read_line(std::string& line) = 0;
  /// So many bytes after it; false if the input ends before that.
  virtual bool read_bytes(std::string& bytes, std::size_t count) = 0;
  /// Reads `count` bytes and throws them away; false if the input ends before that.
  virtual bool skip(std::size_t count) = 0;
  /// Whether the other side is gone and nothing is left to read. Never waits.
  virtual bool ended() = 0;
};

struct Streams {
  Input& in;
  std::ostream& out;
  std::ostream& err;
};

struct Resource {
  std::string_view plural;
  std::string_view singular;
  std::string_view short_name;
  std::string_view group;  ///< `apps`; empty: the core group
  std::string_view kind;
  bool namespaced = true;

  /// `pods`, `deployments.apps`.
  std::string full_name() const;
};

/// By plural, singular, short name or with the group appended; nullptr if unknown.
const Resource* find_resource(std::string_view name);

struct Context {
  std::string name;
  std::string cluster;
  std::string user;
  std::string name_space;
};

std::vector<Context> contexts_of(World& world);

class Client {
 public:
  /// Reads the global flags. Refuses a context, cluster or user that does not exist.
  Client(World& world, const Arguments& arguments);

  World& world() { return world_; }
  const Context& context() const { return context_; }
  /// -n, else the context's, else `default`; empty for all.
  const std::string& name_space() const { return name_space_; }
  const std::string& user() const { return user_; }

  bool may(std::string_view verb, std::string_view resource) const;
  /// Throws the server's `Forbidden` if the user may not. `name` is the object's, or empty.
  /// `resource` may have a subresource appended: `pods/exec`.
  void require(std::string_view verb, const Resource& resource, std::string_view subresource,
               std::string_view name) const;

  /// Throws `NotFound`.
  ClusterObject object(const Resource& resource, const std::string& name);

 private:
  World& world_;
  Context context_;
  std::string name_space_;
  std::string user_;
  std::vector<std::string> rights_;
};

}  // namespace akqueue::sim

#include "commands/rbac.hpp"

#include "cluster/permissions.hpp"
#include "commands/site.hpp"

namespace akqueue {
namespace {

constexpr std::string_view kRoleGroup = "rbac.authorization.k8s.io";

std::vector<std::string> pieces(std::string_view list) {
  std::vector<std::string> words;
  while (true) {
    const auto comma = list.find(',');
    words.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return words;
    list.remove_prefix(comma + 1);
  }
}

void check_work(const Options& options) {
  if (options.arguments().empty()) return;
  const std::string& word = options.arguments().front();
  if (word != "look" && word != "delete") throw Error(ErrorCode::usage, "rbac knows look and delete, not '" + word + "'", "kubectl akqueue rbac delete");
}

/// Names go into YAML as they are.
std::string plain(const std::string& name) {
  const bool fits = !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:@_") == std::string::npos;
  if (!fits) throw Error(ErrorCode::usage, "'" + name + "' is no name that fits into a role", "letters, digits and -.:@_");
  return name;
}

/// `user:alice`, `group:sre`, `serviceaccount:NAMESPACE/NAME`.
Json subject_of(const std::string& written) {
  const auto colon = written.find(':');
  const std::string kind = written.substr(0, colon);
  const std::string name = colon == std::string::npos ? std::string() : written.substr(colon + 1);
  if (kind == "user") return {{"kind", "User"}, {"name", plain(name)}, {"apiGroup", kRoleGroup}};
  if (kind == "group") return {{"kind", "Group"}, {"name", plain(name)}, {"apiGroup", kRoleGroup}};
  const auto slash = name.find('/');
  if (kind == "serviceaccount" && slash != std::string::npos) {
    return {{"kind", "ServiceAccount"}, {"name", plain(name.substr(slash + 1))}, {"namespace", plain(name.substr(0, slash))}};
  }
  throw Error(ErrorCode::usage, "'" + written + "' is nobody that a role can be bound to", "--to user:NAME, group:NAME or serviceaccount:NAMESPACE/NAME");
}

Json metadata(const std::string& name, const std::string& name_space) { return {{"name", name}, {"namespace", name_space}}; }

Json role(const std::string& name, const std::string& name_space) {
  Json document{{"apiVersion", std::string(kRoleGroup) + "/v1"}, {"kind", "Role"}, {"metadata", metadata(name, name_space)}, {"rules", Json::array()}};
  for (const Permission& one : permissions()) document["rules"].push_back({{"apiGroups", {one.group}}, {"resources", {one.resource}}, {"verbs", pieces(one.verbs)}});
  return document;
}

Json binding(const std::vector<std::string>& to, const std::string& name, const std::string& name_space) {
  Json document{{"apiVersion", std::string(kRoleGroup) + "/v1"}, {"kind", "RoleBinding"}, {"metadata", metadata(name, name_space)}, {"subjects", Json::array()}};
  for (const std::string& one : to) document["subjects"].push_back(subject_of(one));
  document["roleRef"] = {{"apiGroup", kRoleGroup}, {"kind", "Role"}, {"name", name}};
  return document;
}

/// YAML of values that need no quoting but for the empty one: flow style where a list is short.
std::string yaml_line(const std::string& indent, const std::string& key, const Json& value) {
  std::string text = indent + key + ": ";
  if (!value.is_array()) return text + value.get<std::string>() + "\n";
  std::string list;
  for (const Json& one : value) list += (list.empty() ? "" : ", ") + (one == "" ? std::string("\"\"") : one.get<std::string>());
  return text + "[" + list + "]\n";
}

std::string yaml_head(const Json& document) {
  std::string text = yaml_line("", "apiVersion", document["apiVersion"]) + yaml_line("", "kind", document["kind"]) + "metadata:\n";
  for (const auto& [key, value] : document["metadata"].items()) text += yaml_line("  ", key, value);
  return text;
}

std::string yaml_role(const Json& document) {
  std::string text = yaml_head(document) + "rules:\n";
  for (std::size_t i = 0; i < permissions().size(); ++i) {
    text += "  # " + std::string(permissions()[i].why) + (permissions()[i].optional ? "; may be left out" : "") + "\n";
    std::string indent = "  - ";
    for (const auto& [key, value] : document["rules"][i].items()) {
      text += yaml_line(indent, key, value);
      indent = "    ";
    }
  }
  return text;
}

std::string yaml_binding(const Json& document) {
  std::string text = "---\n" + yaml_head(document) + "subjects:\n";
  for (const Json& subject : document["subjects"]) {
    std::string indent = "  - ";
    for (const auto& [key, value] : subject.items()) {
      text += yaml_line(indent, key, value);
      indent = "    ";
    }
  }
  text += "roleRef:\n";
  for (const auto& [key, value] : document["roleRef"].items()) text += yaml_line("  ", key, value);
  return text;
}

}  // namespace

int run_rbac(const Invocation& invocation) {
  const Options& options = invocation.options;
  check_work(options);
  const std::string name = plain(options.text("name", "kubectl-akqueue"));
  const auto to = options.each("to");
  Cluster cluster = open_cluster(invocation, false);
  const std::string name_space = plain(cluster.search.name_space);
  const Json the_role = role(name, name_space);
  if (invocation.machine_output()) {
    Json list{{"apiVersion", "v1"}, {"kind", "List"}, {"items", Json::array({the_role})}};
    if (!to.empty()) list["items"].push_back(binding(to, name, name_space));
    invocation.world.terminal.out(as_json(invocation, list));
  } else {
    invocation.world.terminal.out(yaml_role(the_role) + (to.empty() ? "" : yaml_binding(binding(to, name, name_space))));
  }
  return 0;
}

}  // namespace akqueue

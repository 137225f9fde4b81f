#include "commands/others.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "akqueue/words.hpp"
#include "cluster/permissions.hpp"
#include "commands/shared/site.hpp"

namespace akqueue::commands {
namespace {

constexpr std::string_view kRoleGroup = "rbac.authorization.k8s.io";

struct Rule {
  std::string group;
  std::string resource;
  std::set<std::string> verbs;
  std::vector<std::string> whys;
  bool optional = true;  ///< everything that it is for can be done without
};

std::vector<std::string> pieces(std::string_view list) {
  std::vector<std::string> words;
  while (true) {
    const auto comma = list.find(',');
    words.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return words;
    list.remove_prefix(comma + 1);
  }
}

/// One rule a resource, whatever the work is that needs it.
std::vector<Rule> rules_of(cluster::Work work) {
  std::vector<Rule> rules;
  for (const cluster::Permission& permission : cluster::permissions()) {
    if (permission.work > work) continue;
    auto rule = std::ranges::find_if(
        rules, [&](const Rule& one) { return one.group == permission.group && one.resource == permission.resource; });
    if (rule == rules.end())
      rule = rules.insert(rules.end(),
                          Rule{std::string(permission.group), std::string(permission.resource), {}, {}, true});
    for (std::string& verb : pieces(permission.verbs)) rule->verbs.insert(std::move(verb));
    rule->whys.emplace_back(permission.why);
    rule->optional = rule->optional && permission.optional;
  }
  return rules;
}

cluster::Work work_of(const Options& options) {
  const std::string word = options.arguments().empty() ? "delete" : options.arguments().front();
  if (word == "look" || word == "delete") return cluster::Work::look;
  if (word == "drain") return cluster::Work::drain;
  throw Error(ErrorCode::usage, "rbac knows look, delete and drain, not '" + word + "'", "kubectl akqueue rbac drain");
}

/// Names go into YAML as they are.
std::string plain(const std::string& name) {
  const bool fits =
      !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:@_") ==
                           std::string::npos;
  if (!fits)
    throw Error(ErrorCode::usage, "'" + name + "' is not a name that fits into a role", "letters, digits and -.:@_");
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
    return {{"kind", "ServiceAccount"},
            {"name", plain(name.substr(slash + 1))},
            {"namespace", plain(name.substr(0, slash))}};
  }
  throw Error(ErrorCode::usage, "a role can't be bound to '" + written + "'",
              "--to user:NAME, group:NAME or serviceaccount:NAMESPACE/NAME");
}

/// Without a namespace a role is one of the whole cluster.
Json metadata(const std::string& name, const std::string& name_space) {
  Json metadata{{"name", name}};
  if (!name_space.empty()) metadata["namespace"] = name_space;
  return metadata;
}

std::string kind(std::string_view what, const std::string& name_space) {
  return (name_space.empty() ? "Cluster" : "") + std::string(what);
}

Json role(const std::vector<Rule>& rules, const std::string& name, const std::string& name_space) {
  Json document{{"apiVersion", std::string(kRoleGroup) + "/v1"},
                {"kind", kind("Role", name_space)},
                {"metadata", metadata(name, name_space)},
                {"rules", Json::array()}};
  for (const Rule& rule : rules)
    document["rules"].push_back({{"apiGroups", {rule.group}}, {"resources", {rule.resource}}, {"verbs", rule.verbs}});
  return document;
}

Json binding(const std::vector<std::string>& to, const std::string& name, const std::string& name_space) {
  Json document{{"apiVersion", std::string(kRoleGroup) + "/v1"},
                {"kind", kind("RoleBinding", name_space)},
                {"metadata", metadata(name, name_space)},
                {"subjects", Json::array()}};
  for (const std::string& one : to) document["subjects"].push_back(subject_of(one));
  document["roleRef"] = {{"apiGroup", kRoleGroup}, {"kind", kind("Role", name_space)}, {"name", name}};
  return document;
}

/// YAML of values that need no quoting but for the empty one: flow style where a list is short.
std::string yaml_line(const std::string& indent, const std::string& key, const Json& value) {
  const std::string text = indent + key + ": ";
  if (!value.is_array()) return text + value.get<std::string>() + "\n";
  std::vector<std::string> words;
  for (const Json& one : value)
    words.push_back(one.get_ref<const std::string&>().empty() ? "\"\"" : one.get<std::string>());
  return text + "[" + joined(words) + "]\n";
}

std::string yaml_head(const Json& document) {
  std::string text =
      yaml_line("", "apiVersion", document["apiVersion"]) + yaml_line("", "kind", document["kind"]) + "metadata:\n";
  for (const auto& [key, value] : document["metadata"].items()) text += yaml_line("  ", key, value);
  return text;
}

std::string yaml_role(const Json& document, const std::vector<Rule>& rules) {
  std::string text = yaml_head(document) + "rules:\n";
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (const std::string& why : rules[i].whys)
      text += "  # " + why + (rules[i].optional ? "; may be left out\n" : "\n");
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

struct RoleRequest {
  SiteRequest site;
  cluster::Work work = cluster::Work::look;
  std::string name;             ///< the role's
  std::vector<std::string> to;  ///< who is bound to it
  OutputFormat output = OutputFormat::yaml;
};

RoleRequest read_role_request(const Options& options, Effect effect) {
  return {.site = read_site_request(options, effect),
          .work = work_of(options),
          .name = plain(options.text("name", "kubectl-akqueue")),
          .to = options.each("to"),
          .output = read_output(options)};
}

int run_rbac(const cli::Invocation& invocation) {
  const RoleRequest request = read_role_request(invocation.options, invocation.command.effect);
  const cli::Environment& environment = invocation.environment;
  const auto rules = rules_of(request.work);
  const Cluster cluster = open_cluster(environment, request.site);
  const std::string name_space = request.site.all_sites ? std::string() : plain(cluster.search.name_space);
  const Json the_role = role(rules, request.name, name_space);
  if (is_json(request.output) && request.output != OutputFormat::yaml) {
    Json list{{"apiVersion", "v1"}, {"kind", "List"}, {"items", Json::array({the_role})}};
    if (!request.to.empty()) list["items"].push_back(binding(request.to, request.name, name_space));
    environment.terminal.out(as_json(request.output, list));
  } else {
    environment.terminal.out(ui::Text::lines(yaml_role(the_role, rules)));
    if (!request.to.empty())
      environment.terminal.out(ui::Text::lines(yaml_binding(binding(request.to, request.name, name_space))));
  }
  return 0;
}

}  // namespace

cli::Command rbac_command() {
  return {.name = "rbac",
          .group = "Other",
          .summary = "Print the least role that the work needs",
          .arguments = "[look|delete|drain]",
          .most_arguments = 1,
          .description =
              "A Role for authentik's namespace, with the reason for each rule, and with --to a\n"
              "RoleBinding; with -A those of the whole cluster. YAML for kubectl apply -f -. Looking and\n"
              "deleting (the default) need the same of the cluster. Changes nothing.",
          .options = {{"to", 0, "SUBJECT", "bind it to user:NAME, group:NAME or serviceaccount:NAMESPACE/NAME", true},
                      {"name", 0, "NAME", "the role's name (default: kubectl-akqueue)"},
                      {"all-namespaces", 'A', "", "a ClusterRole: for every namespace, as status -A needs it"}},
          .examples = {{"rbac drain --to group:on-call", "what lets the people on call drain"},
                       {"rbac look", "what looking needs"},
                       {"rbac look -A --to group:on-call", "what lets them run status -A"}},
          .outputs = "yaml|json|jsonpath=|custom-columns=",
          .run = run_rbac};
}

}  // namespace akqueue::commands

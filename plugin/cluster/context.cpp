#include "cluster/context.hpp"

#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"

namespace akqueue::cluster {

Context parse_context(std::string_view json) {
  const auto view = parse_foreign<ForeignJson>(json);
  Context context;
  if (!view.is_object()) return context;
  context.name = view.value("current-context", std::string());
  const auto contexts = view.find("contexts");
  if (contexts == view.end() || !contexts->is_array()) return context;
  for (const auto& entry : *contexts) {
    if (!entry.is_object() || entry.value("name", std::string()) != context.name) continue;
    const auto inner = entry.find("context");
    if (inner == entry.end() || !inner->is_object()) continue;
    context.name_space = inner->value("namespace", std::string());
    context.user = inner->value("user", std::string());
  }
  return context;
}

Context read_context(Kubectl& kubectl) {
  const system::Finished got = kubectl.run({"config", "view", "--minify", "--output", "json"});
  if (got.error_text.find("current-context must exist") != std::string::npos) return {};
  if (!got.status.ok()) throw kubectl_error(got, "find the cluster");
  return parse_context(got.output);
}

}  // namespace akqueue::cluster

#include "commands/shared/site_request.hpp"

#include <algorithm>
#include <utility>

#include "akqueue/error.hpp"
#include "akqueue/time.hpp"
#include "akqueue/words.hpp"
#include "cli/command.hpp"
#include "commands/shared/output.hpp"
#include "system/surroundings.hpp"

namespace akqueue::commands {
namespace {

std::string world_of(const Options& options) {
  if (const auto given = options.value("sim")) return *given;
  return system::environment_variable("AKQUEUE_SIM").value_or("");
}

/// Everything but the namespace, which is found out first.
std::vector<std::string> passed_on(const Options& options) {
  std::vector<std::string> flags;
  for (const Option& option : cli::kubectl_options()) {
    if (option.name == "namespace") continue;
    const auto values = option.repeatable ? options.all(option.name) : std::vector<std::string>();
    for (const std::string& value : values) flags.push_back("--" + std::string(option.name) + "=" + value);
    const auto single = option.repeatable ? std::nullopt : options.value(option.name);
    if (single) flags.push_back("--" + std::string(option.name) + "=" + *single);
  }
  return flags;
}

void refuse_one_site(const Options& options, const SiteRequest& request) {
  if (request.all_sites && options.has("namespace"))
    throw Error(ErrorCode::usage, "--namespace names one site, and -A means all of them", "leave one of the two out");
  for (const char* const name : {"release", "pod"}) {
    if (!options.has(name)) continue;
    throw Error(ErrorCode::usage,
                "--" + std::string(name) + " names one site, and " +
                    (request.all_sites ? "-A means all of them" : "several namespaces have several"),
                "leave one of the two out");
  }
}

/// As kubectl reads it: `30s`, `1m30s`, or seconds; 0 is no limit.
std::chrono::milliseconds patience_of(const Options& options) {
  std::string given = options.text("request-timeout");
  if (given.empty()) return session::Session::kPatience;
  if (given.find_first_not_of("0123456789") == std::string::npos) given += "s";
  try {
    const std::chrono::milliseconds patience = parse_span(given);
    return patience.count() == 0 ? session::Session::kPatience : patience;
  } catch (const Error&) {
    throw Error(ErrorCode::usage, "--request-timeout: '" + given + "' is not a duration",
                "write it as kubectl takes it, like 30s or 1m30s; 0 is no limit");
  }
}

/// Each once, in the order in which they were given.
std::vector<std::string> namespaces_of(const Options& options) {
  std::vector<std::string> names;
  for (std::string& name : options.all("namespace")) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

void check_selectors(const cluster::Search& search) {
  for (const auto& [option, text] :
       {std::pair("server-selector", search.server_selector), std::pair("worker-selector", search.worker_selector)}) {
    if (!text.empty()) cluster::LabelSelector::parse(text, option);
  }
}

}  // namespace

SiteRequest read_site_request(const Options& options, Effect effect, Breadth breadth) {
  SiteRequest request;
  request.world = world_of(options);
  request.kubectl_flags = passed_on(options);
  request.context = options.value("context");
  request.search = {.selector = options.text("selector", cluster::Search::kDefaultSelector),
                    .selector_given = options.has("selector"),
                    .pod = options.text("pod"),
                    .container = options.text("container"),
                    .release = options.text("release"),
                    .server_selector = options.text("server-selector"),
                    .worker_selector = options.text("worker-selector"),
                    .worker_deployments = options.all("worker-deployment"),
                    .allow_worker = options.has("allow-worker")};
  check_selectors(request.search);
  const std::vector<std::string> namespaces = namespaces_of(options);
  if (namespaces.size() == 1) request.search.name_space = namespaces.front();
  if (namespaces.size() > 1 && breadth == Breadth::one_site)
    throw Error(ErrorCode::usage, "--namespace: one namespace is meant here, not " + joined(namespaces),
                "status, workers and watch take several");
  if (namespaces.size() > 1) request.namespaces = namespaces;
  request.all_sites = options.has(kAllSites.name);
  request.may_ask = !is_json(read_output(options)) && !options.has("yes");
  request.verbose = options.has("verbose");
  request.patience = patience_of(options);
  request.remembered = effect != Effect::looks;
  if (request.many()) refuse_one_site(options, request);
  return request;
}

SiteRequest telling_where(SiteRequest request) {
  request.tells_where = true;
  return request;
}

SiteRequest with_all_workers(SiteRequest request) {
  request.search.all_workers = true;
  return request;
}

}  // namespace akqueue::commands

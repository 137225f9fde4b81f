// The way in that every command takes: which cluster and namespace, which pod, the agent, the database, its catalog.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/command.hpp"
#include "cluster/context.hpp"
#include "cluster/discovery.hpp"
#include "queue/survey.hpp"
#include "session/agent.hpp"
#include "session/dialect.hpp"

namespace akqueue {

using Json = nlohmann::ordered_json;

/// kubectl with the global flags of the command line, and where it will look.
struct Cluster {
  Kubectl kubectl;
  std::string program;  ///< what stands for kubectl, as a line
  Context context;  ///< read only where it was needed
  Search search;
};

/// An authentik, entered.
struct Site {
  std::string kubectl;  ///< what stands for kubectl, as a line
  std::string context;  ///< empty where it was not asked for
  std::string name_space;
  Target target;
  DatabaseFacts facts;
  std::unique_ptr<Session> session;
  Catalog catalog;
  std::unique_ptr<Dialect> dialect;

  Database database() const { return {*session, catalog, *dialect}; }
  /// `context prod, namespace authentik`.
  std::string where() const;
  Json to_json() const;
};

/// Finds out the namespace: -n, else the context's own, else authentik. Asks kubectl for the context where the namespace
/// is not given or `with_context` wants its name.
Cluster open_cluster(const Invocation& invocation, bool with_context);

/// One `kubectl get`, one `kubectl exec`. Says on standard error which pod it took.
/// Throws the Errors of discovery and session, and `tables_missing`.
Site enter(const Invocation& invocation);

/// Settings of the read-only transaction that a looking command works in.
inline constexpr TransactionSettings kLooking{.read_only = true, .snapshot = true, .statement_timeout_ms = 120'000, .lock_timeout_ms = 5'000};

/// A document as -o json (indented) or -o jsonl (one line) prints it.
std::string as_json(const Invocation& invocation, const Json& document);

/// `{"version": 1, "kind": …}`: how every document begins.
Json document_of(std::string_view kind);

/// A time as JSON: text, or null.
Json to_json(const std::optional<Timestamp>& at);

}  // namespace akqueue

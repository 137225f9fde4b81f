// What was done with a site's tasks, as an annotation on its server's deployment: whoever may look at that can read it.
// The history and the backups are on the machine of the one who did it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "akqueue/json.hpp"
#include "cluster/inventory.hpp"

namespace akqueue::cluster {

/// The annotations' keys are this and the record's id.
inline constexpr std::string_view kRecordPrefix = "kubectl-akqueue/done-";
/// The oldest go when there are more.
inline constexpr std::size_t kMostRecords = 10;

struct SharedRecord {
  std::string id;  ///< of the history: `20261124T033001Z-1f2e`
  std::string at;  ///< by the database's clock
  std::string command;
  std::string what;
  std::string ending;
  std::string reason;
  std::string by;    ///< `jo@laptop`
  std::string user;  ///< the kubeconfig's name for them
  std::string line;  ///< the command line, without secrets
  std::int64_t tasks = 0;

  Json to_json() const;
};

/// On the servers' deployments, the newest first. What can't be read is passed over.
std::vector<SharedRecord> shared_records(const Inventory& inventory);

/// One `kubectl patch` of the server's deployment. Throws the Errors of kubectl, and (not_found) where the inventory
/// has no such deployment.
void share_record(Kubectl& kubectl, const Inventory& inventory, const SharedRecord& record);

}  // namespace akqueue::cluster

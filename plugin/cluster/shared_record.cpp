#include "cluster/shared_record.hpp"

#include <algorithm>
#include <tuple>

#include "akqueue/json_depth.hpp"
#include "cluster/foreign_json.hpp"

namespace akqueue::cluster {
namespace {

const Deployment* server_of(const Inventory& inventory) {
  const auto found =
      std::ranges::find_if(inventory.deployments, [](const Deployment& one) { return one.roles.server; });
  return found == inventory.deployments.end() ? nullptr : &*found;
}

std::optional<SharedRecord> read_record(const std::string& id, const std::string& text) {
  const auto object = parse_foreign<ForeignJson>(text);
  if (!object.is_object()) return std::nullopt;
  SharedRecord record;
  record.id = id;
  record.at = foreign::text(object, {"at"});
  record.command = foreign::text(object, {"command"});
  record.what = foreign::text(object, {"what"});
  record.ending = foreign::text(object, {"ending"});
  record.reason = foreign::text(object, {"reason"});
  record.by = foreign::text(object, {"by"});
  record.user = foreign::text(object, {"user"});
  record.line = foreign::text(object, {"line"});
  const ForeignJson& tasks = foreign::at(object, {"tasks"});
  if (tasks.is_number_integer()) record.tasks = tasks.get<std::int64_t>();
  return record;
}

/// The keys of the oldest, so that with one more there are kMostRecords. Ids begin with the time.
std::vector<std::string> outdated(const Deployment& deployment) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : deployment.annotations) {
    if (key.starts_with(kRecordPrefix)) keys.push_back(key);
  }
  keys.resize(keys.size() < kMostRecords ? 0 : keys.size() - kMostRecords + 1);
  return keys;
}

}  // namespace

Json SharedRecord::to_json() const {
  Json object{{"at", at}, {"command", command}, {"what", what}, {"tasks", tasks}, {"ending", ending}, {"by", by}};
  if (!reason.empty()) object["reason"] = reason;
  if (!user.empty()) object["user"] = user;
  if (!line.empty()) object["line"] = line;
  return object;
}

std::vector<SharedRecord> shared_records(const Inventory& inventory) {
  std::vector<SharedRecord> records;
  for (const Deployment& deployment : inventory.deployments) {
    if (!deployment.roles.server) continue;
    for (const auto& [key, value] : deployment.annotations) {
      if (!key.starts_with(kRecordPrefix)) continue;
      if (auto record = read_record(key.substr(kRecordPrefix.size()), value)) records.push_back(std::move(*record));
    }
  }
  std::ranges::sort(records, std::greater<>(), [](const SharedRecord& one) { return std::tie(one.at, one.id); });
  return records;
}

void share_record(Kubectl& kubectl, const Inventory& inventory, const SharedRecord& record) {
  const Deployment* const server = server_of(inventory);
  if (server == nullptr)
    throw Error(ErrorCode::not_found, "no deployment of the server was found to note it on",
                "kubectl get deployments shows what there is; listing them may not be allowed");
  Json annotations{
      {std::string(kRecordPrefix) + record.id, record.to_json().dump(-1, ' ', true, Json::error_handler_t::replace)}};
  for (const std::string& key : outdated(*server)) annotations[key] = nullptr;
  const Json patch{{"metadata", {{"annotations", std::move(annotations)}}}};
  const system::Finished finished =
      kubectl.run({"patch", "deployment/" + server->name, "--type=merge", "--patch", patch.dump()});
  if (!finished.status.ok()) throw kubectl_error(finished, "note it on deployment/" + server->name);
}

}  // namespace akqueue::cluster

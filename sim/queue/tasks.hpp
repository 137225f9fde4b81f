// Fills the task table and what belongs to it: rows as authentik leaves them (fixtures: observed on 2025.12.4), made
// from a seed, so that the same scenario, seed and time give the same rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "replica/database.hpp"
#include "replica/schema.hpp"
#include "scenario/scenario.hpp"
#include "world/random.hpp"

namespace akqueue::sim {

/// authentik's result backend for Dramatiq keeps a result for this long.
inline constexpr Timestamp kResultAge = 600 * kSecond;

/// What is needed to make tasks.
struct TaskSite {
  Timestamp now = 0;
  std::vector<std::string> tenants;  ///< at least one
  std::vector<std::string> workers;  ///< hostnames of the live ones, for the rows that are held
};

struct Written {
  std::int64_t tasks = 0;
  std::int64_t logs = 0;
  std::int64_t task_bytes = 0;  ///< of the values
  std::int64_t log_bytes = 0;
};

/// The content type of a related object. The rows must be there before tasks are (create.cpp).
std::int64_t content_type_id(Database& database, const std::string& app_label, const std::string& model);

/// The uuid of object `number` of its kind, always the same.
std::string related_object_id(const std::string& app_label, const std::string& model, std::int64_t number);

/// Inserts the tasks of all groups, mixed, the oldest first, with their logs, what they wait for and the locks of live
/// workers. The scenario must be fitted() to the schema's release. Called within a transaction.
Written write_tasks(Database& database, const Schema& schema, const Scenario& scenario,
                    const std::vector<std::int64_t>& sizes, const TaskSite& site, Random& random);

}  // namespace akqueue::sim

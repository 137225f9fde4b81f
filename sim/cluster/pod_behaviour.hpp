// What a deployment's pods do and what is done to it, which no object of the API server says: kept apart from the
// objects, in the world's table sim_deployment. From the fields of a scenario (scenario.hpp).
#pragma once

#include <optional>
#include <string>

#include "replica/database.hpp"

namespace akqueue::sim {

struct Behaviour {
  std::int64_t starts_s = 4;     ///< from a pod's creation to Ready
  std::int64_t ends_s = 3;       ///< from its deletion until it is gone
  bool stuck = false;            ///< it never goes: it hangs in Terminating
  std::int64_t oom_every_s = 0;  ///< 0: its workers are not killed
  std::int64_t oom_above = 0;    ///< … if at most so many tasks are unfinished
  std::int64_t heal_s = -1;      ///< after so long a GitOps controller puts replicas back to git's; -1: it does not
  std::int64_t git_replicas = 0;
  double per_minute = 0;  ///< tasks that each of its workers finishes
  std::string memory;     ///< what `top` shows of a pod, like 512Mi
  std::string cpu;        ///< … like 40m
};

/// `deployment` is its key, `namespace/name`.
void write_behaviour(Database& database, const std::string& deployment, const Behaviour& behaviour);
/// The usual behaviour if nothing is known about the deployment.
Behaviour read_behaviour(Database& database, const std::string& deployment);

}  // namespace akqueue::sim

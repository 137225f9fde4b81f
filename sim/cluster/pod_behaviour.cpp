#include "cluster/pod_behaviour.hpp"

namespace akqueue::sim {

void write_behaviour(Database& database, const std::string& deployment, const Behaviour& behaviour) {
  Statement write =
      database.prepare("INSERT INTO sim_deployment VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
  const SqlValue values[] = {deployment,
                             behaviour.starts_s,
                             behaviour.ends_s,
                             std::int64_t{behaviour.stuck},
                             behaviour.oom_every_s,
                             behaviour.oom_above,
                             behaviour.heal_s,
                             behaviour.git_replicas,
                             behaviour.memory,
                             behaviour.cpu,
                             behaviour.per_minute};
  for (std::size_t i = 0; i < std::size(values); ++i) write.bind(static_cast<int>(i) + 1, values[i]);
  write.run();
}

Behaviour read_behaviour(Database& database, const std::string& deployment) {
  Statement row = database.prepare("SELECT * FROM sim_deployment WHERE name = ?1");
  row.bind_text(1, deployment);
  Behaviour known;
  if (!row.step()) return known;
  known.starts_s = row.integer(1);
  known.ends_s = row.integer(2);
  known.stuck = row.integer(3) != 0;
  known.oom_every_s = row.integer(4);
  known.oom_above = row.integer(5);
  known.heal_s = row.integer(6);
  known.git_replicas = row.integer(7);
  known.memory = row.text(8);
  known.cpu = row.text(9);
  known.per_minute = row.real(10);
  return known;
}

}  // namespace akqueue::sim

#include "world/due.hpp"

namespace akqueue::sim {

void Due::add(Timestamp at, std::string_view what, std::string_view name) {
  database_.prepare("INSERT INTO sim_due (at, what, name) VALUES (?1, ?2, ?3)")
      .bind_integer(1, at)
      .bind_text(2, what)
      .bind_text(3, name)
      .run();
}

void Due::add_once(Timestamp at, std::string_view what, std::string_view name) {
  Statement same = database_.prepare("SELECT 1 FROM sim_due WHERE what = ?1 AND name = ?2");
  if (!same.bind_text(1, what).bind_text(2, name).step()) add(at, what, name);
}

std::optional<Timestamp> Due::next() {
  Statement first = database_.prepare("SELECT min(at) FROM sim_due");
  if (!first.step() || first.kind(0) == SqlKind::null) return std::nullopt;
  return first.integer(0);
}

std::optional<DueEvent> Due::take(Timestamp until) {
  Statement first = database_.prepare("SELECT id, at, what, name FROM sim_due WHERE at <= ?1 ORDER BY at, id LIMIT 1");
  if (!first.bind_integer(1, until).step()) return std::nullopt;
  const DueEvent event{first.integer(1), std::string(first.text(2)), std::string(first.text(3))};
  const std::int64_t id = first.integer(0);
  first.reset();
  database_.prepare("DELETE FROM sim_due WHERE id = ?1").bind_integer(1, id).run();
  return event;
}

void Due::forget(std::string_view name) {
  database_.prepare("DELETE FROM sim_due WHERE name = ?1").bind_text(1, name).run();
}

}  // namespace akqueue::sim

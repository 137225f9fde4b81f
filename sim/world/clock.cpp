#include "world/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>

namespace akqueue::sim {

Timestamp real_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

std::optional<double> speed_of_environment() {
  const char* variable = std::getenv("AKQUEUE_SIM_SPEED");
  if (variable == nullptr || *variable == '\0') return std::nullopt;
  char* end = nullptr;
  const double speed = std::strtod(variable, &end);
  if (*end != '\0' || !(speed >= 0.001 && speed <= 100'000)) {
    throw Error(ErrorCode::usage, "AKQUEUE_SIM_SPEED: '" + std::string(variable) + "' is not a speed",
                "give a number from 0.001 to 100000, like 60 for a minute per second");
  }
  return speed;
}

Clock::Clock(Database& database, Timestamp base, bool stopped, std::function<Timestamp()> real)
    : database_(database), real_(std::move(real)), base_(base), stopped_(stopped) {
  read();
}

void Clock::read() {
  Statement row = database_.prepare("SELECT set_at, uptime, speed FROM sim_clock");
  if (!row.step()) return;
  set_ = row.integer(0);
  uptime_ = row.integer(1);
  speed_ = row.real(2);
}

Timestamp Clock::uptime() const {
  // This machine's clock may be set back; the world's never goes back.
  const Timestamp passed = std::max<Timestamp>(0, real_() - set_);
  return uptime_ + static_cast<Timestamp>(static_cast<double>(passed) * speed_);
}

void Clock::set_speed(double speed) {
  if (speed == speed_) return;
  uptime_ = uptime();
  set_ = real_();
  speed_ = speed;
  Statement write = database_.prepare("UPDATE sim_clock SET set_at = ?1, uptime = ?2, speed = ?3");
  write.bind(1, set_).bind(2, uptime_).bind(3, speed_).run();
}

}  // namespace akqueue::sim

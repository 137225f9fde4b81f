// How a watched queue is put into words, the same in lines and on the screen.
#pragma once

#include <string>

#include "cluster/restarts.hpp"
#include "queue/measure/trend.hpp"
#include "ui/text.hpp"

namespace akqueue::commands {

/// Tasks a second as `620/s`, `12.4/s`; less than one in ten seconds as `1.2/m`; `0/s`.
std::string format_rate(double per_second);
/// The same with its sign: `+9.3/s`.
std::string format_growth(double per_second);
/// `growing by 9.3/s`, `falling by 20/s`, `standing still`.
std::string movement(double per_second);
/// `699,849`, `~1,230,000`.
std::string format_count(std::int64_t count, bool estimated);
/// `12:34:56Z` of the database's clock; `--:--:--` where it is not known.
std::string time_of_day(Timestamp at);
/// `3h20m`; empty where it does not get empty.
std::string until_empty(const queue::Trend& trend);
/// `3 pods (2 ready), 2 with a heartbeat, 2 restarts since the start`; `unknown`.
std::string workers_words(const cluster::WorkerRestarts* workers, const queue::Sample& sample);
/// `authentik-worker-x OOMKilled 40s ago`; empty where none is known.
ui::Text last_end_words(const cluster::WorkerRestarts* workers, Timestamp now);
/// `outpost_send_update +9.3/s`: the actor that grows most; empty where none does.
ui::Text fastest_actor(const queue::Trend& trend);

}  // namespace akqueue::commands

#include "commands/repair/fate_watch.hpp"

#include "system/pause.hpp"
#include "ui/listing.hpp"
#include "ui/progress.hpp"

namespace akqueue::commands {
namespace {

constexpr auto kBetweenLooks = std::chrono::seconds(2);

queue::Fates look_at_fates(const Site& site, const std::vector<Uuid>& ids) {
  const session::Transaction transaction(*site.session, kLooking);
  return queue::read_fates(site.database(), ids);
}

}  // namespace

FateWatch watch_fates(const cli::Environment& environment, const Site& site, const std::vector<Uuid>& ids,
                      std::chrono::seconds longest) {
  const system::Interrupts::Grace grace(environment.interrupts);
  const auto began = environment.clock.now();
  const auto passed = [&] { return environment.clock.now() - began; };
  ui::ProgressLine line(environment.terminal, environment.clock);
  FateWatch watch;
  while (true) {
    watch.fates = look_at_fates(site, ids);
    const auto tried = static_cast<std::int64_t>(ids.size()) - watch.fates.waiting - watch.fates.running;
    line.update(tried, static_cast<std::int64_t>(ids.size()), "workers are at it");
    if (watch.fates.settled() || passed() >= longest) break;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(longest - passed());
    const auto pause = std::min<std::chrono::milliseconds>(kBetweenLooks, left);
    if (!system::pause_for(environment.clock, environment.interrupts, pause)) {
      watch.interrupted = environment.interrupts.requested();
      break;
    }
  }
  watch.seconds = std::chrono::duration_cast<std::chrono::seconds>(passed()).count();
  return watch;
}

ui::Text describe_fates(const ui::Terminal& terminal, const FateWatch& watch) {
  const queue::Fates& fates = watch.fates;
  std::vector<std::string> words;
  const auto add = [&](std::int64_t tasks, const char* what) {
    if (tasks > 0) words.push_back(with_separators(tasks) + " " + what);
  };
  add(fates.finished, "finished");
  add(fates.rejected, "failed again and rejected");
  add(fates.again, "failed again, to be tried once more later");
  add(fates.running, "running");
  add(fates.waiting, "still waiting");
  add(fates.gone, "gone from the table");
  ui::Text text = ui::format_text("after {}: {}\n", format_age(watch.seconds), joined(words));
  if (fates.errors.empty()) return text;
  ui::Listing listing({{"FAILED", true}, {"ERROR", false, true, false, true}});
  for (const auto& [error, tasks] : fates.errors) listing.add({with_separators(tasks), error});
  return text + listing.draw_aside(terminal);
}

Json json_of_fates(const FateWatch& watch) {
  const queue::Fates& fates = watch.fates;
  Json document{{"after_s", watch.seconds}, {"finished", fates.finished}, {"rejected", fates.rejected},
                {"again", fates.again},     {"running", fates.running},   {"waiting", fates.waiting},
                {"gone", fates.gone},       {"errors", Json::array()}};
  for (const auto& [error, tasks] : fates.errors) document["errors"].push_back({{"error", error}, {"tasks", tasks}});
  return document;
}

}  // namespace akqueue::commands

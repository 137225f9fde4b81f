#include "commands/watch/text_view.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "commands/watch/words.hpp"
#include "ui/text.hpp"

namespace akqueue {
namespace {

constexpr std::size_t kTime = 9;
constexpr std::size_t kCount = 11;
constexpr std::size_t kRate = 9;
constexpr std::size_t kTextGap = 3;

/// Widths that no figure of a living site exceeds: a line that is printed stays as it is.
std::string line_of(const std::string& time, const std::string& queued, const std::string& taken,
                    const std::string& came, const std::string& done, const std::string& growth,
                    const std::string& empty, const std::string& grows) {
  const std::string gap(kTextGap, ' ');
  return padded(time, kTime) + gap + flush_right(queued, kCount) + gap + flush_right(taken, 6) + gap +
         flush_right(came, kRate) + gap + flush_right(done, kRate) + gap + flush_right(growth, kRate) + gap +
         flush_right(empty, 8) + gap + grows + "\n";
}

}  // namespace

void WatchText::show(const Poller& poller, const Reading& reading, const Conditions& conditions) {
  if (!header_printed_) {
    environment_.terminal.out(
        line_of("TIME", "QUEUED", "TAKEN", "CAME", "FINISHED", "GROWTH", "EMPTY-IN", "GROWS-MOST"));
    header_printed_ = true;
  }
  if (!reading.read) return print_trouble(poller, reading);
  if (!trouble_.empty() && poller.entered_again() > 0)
    environment_.terminal.err("reads again, through server pod " + visible(poller.site().target.pod) + "\n");
  trouble_.clear();
  print_line(poller);
  say_alerts(environment_.terminal, conditions);
}

void WatchText::print_line(const Poller& poller) {
  const Sample& sample = poller.trend().last();
  const Rates rates = poller.trend().recent();
  const std::string empty = until_empty(poller.trend());
  const std::string grows = fastest_actor(poller.trend());
  environment_.terminal.out(line_of(time_of_day(sample.now), format_count(sample.queued(), sample.queued_estimated),
                                    with_separators(sample.taken), format_rate(rates.came), format_rate(rates.finished),
                                    format_growth(rates.growth()), empty.empty() ? "<never>" : empty,
                                    grows.empty() ? "<none>" : grows));
}

void WatchText::print_trouble(const Poller& poller, const Reading& reading) {
  if (reading.trouble != trouble_) {
    environment_.terminal.err("can't look: " + reading.trouble +
                              (reading.connected ? "\n" : "; trying again until a server pod answers\n"));
    trouble_ = reading.trouble;
  }
  // Tries follow each other faster than intervals.
  if (unread_printed_ != Moment{} && environment_.clock.now() - unread_printed_ < poller.interval()) return;
  unread_printed_ = environment_.clock.now();
  environment_.terminal.out(line_of(time_of_day(reading.at), "?", "?", "?", "?", "?", "?", "<not read>"));
}

void say_alerts(Terminal& terminal, const Conditions& conditions, const std::string& whose) {
  const std::string where = whose.empty() ? "" : visible(whose) + ": ";
  for (const ConditionState& alert : conditions.alerts()) {
    if (alert.just_began)
      terminal.err((terminal.err_is_terminal() ? "\a" : "") + terminal.failure("ALERT: ") + where +
                   alert.condition.text() + " holds: it is " + value_words(alert) + "\n");
    if (alert.just_ended)
      terminal.err("alert over: " + where + alert.condition.text() + ": it is " + value_words(alert) + "\n");
  }
}

std::string summary_of(const Poller& poller, const Conditions& conditions) {
  const Trend& trend = poller.trend();
  if (trend.empty()) return {};
  const Totals& totals = trend.totals();
  std::string text = "watched " + format_age(std::llround(totals.seconds)) + ": queued " +
                     with_separators(trend.queued_at_first()) + " -> " +
                     format_count(trend.last().queued(), trend.last().queued_estimated) + "; " +
                     with_separators(totals.came) + " came, " + with_separators(totals.finished) + " finished";
  if (totals.removed > 0) text += ", " + with_separators(totals.removed) + " removed unfinished";
  if (totals.put_back > 0) text += ", " + with_separators(totals.put_back) + " put back for another try";
  if (poller.workers() != nullptr && poller.workers()->restarts() > 0)
    text += "; " + count_of(poller.workers()->restarts(), "worker restart", "worker restarts");
  if (poller.entered_again() > 0)
    text += "; the session was entered again " +
            (poller.entered_again() == 1 ? "once" : std::to_string(poller.entered_again()) + " times");
  text += "\n";
  for (const ConditionState& alert : conditions.alerts()) {
    if (alert.began > 0)
      text += "alert " + alert.condition.text() + " held " +
              (alert.began == 1 ? "once" : std::to_string(alert.began) + " times") + "\n";
  }
  return text;
}

}  // namespace akqueue

#include "commands/watch/text_view.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "commands/watch/words.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

/// Widths that no figure of a living site exceeds: a line that is printed stays as it is.
const ui::Listing::Widths kTextWidths{{9, 11, 6, 9, 9, 9, 8, 60}};

const std::vector<ui::ListingColumn> kTextColumns{{"TIME"},           {"QUEUED", true},           {"TAKEN", true},
                                                  {"CAME", true},     {"FINISHED", true},         {"GROWTH", true},
                                                  {"EMPTY-IN", true}, {"GROWS-MOST", false, true}};

ui::Text line_of(const ui::Terminal& terminal, std::vector<ui::Text> cells) {
  ui::Listing line(kTextColumns);
  line.add(std::move(cells));
  return line.draw_rows(line.fitted(kTextWidths, terminal));
}

}  // namespace

void WatchText::show(const Poller& poller, const Reading& reading, const Conditions& conditions) {
  if (!header_printed_) {
    const ui::Listing header(kTextColumns);
    environment_.terminal.out(header.draw_header(header.fitted(kTextWidths, environment_.terminal)));
    header_printed_ = true;
  }
  if (!reading.read) return print_trouble(poller, reading);
  if (!trouble_.empty() && poller.entered_again() > 0)
    environment_.terminal.err(ui::format_text("reading again, through server pod {}\n", poller.site().target.pod));
  trouble_.clear();
  print_line(poller);
  say_alerts(environment_.terminal, conditions);
}

void WatchText::print_line(const Poller& poller) {
  const queue::Sample& sample = poller.trend().last();
  const queue::Rates rates = poller.trend().recent();
  const std::string empty = until_empty(poller.trend());
  const ui::Text grows = fastest_actor(poller.trend());
  environment_.terminal.out(line_of(
      environment_.terminal, {time_of_day(sample.now), format_count(sample.queued(), sample.queued_estimated),
                              with_separators(sample.taken), format_rate(rates.came), format_rate(rates.finished),
                              format_growth(rates.growth()), empty.empty() ? "<never>" : empty, grows}));
}

void WatchText::print_trouble(const Poller& poller, const Reading& reading) {
  if (reading.trouble != trouble_) {
    environment_.terminal.err(ui::format_text("can't look: {}{}\n", reading.trouble,
                                              reading.connected ? "" : "; trying again until a server pod answers"));
    trouble_ = reading.trouble;
  }
  // Tries follow each other faster than intervals.
  if (unread_printed_ != Moment{} && environment_.clock.now() - unread_printed_ < poller.interval()) return;
  unread_printed_ = environment_.clock.now();
  environment_.terminal.out(
      line_of(environment_.terminal, {time_of_day(reading.at), "?", "?", "?", "?", "?", "?", "<not read>"}));
}

void say_alerts(ui::Terminal& terminal, const Conditions& conditions, const std::string& whose) {
  const ui::Text where = whose.empty() ? ui::Text() : ui::format_text("{}: ", whose);
  for (const ConditionState& alert : conditions.alerts()) {
    const std::string condition = alert.condition.text();
    if (alert.just_began) {
      terminal.err((terminal.err_is_terminal() ? ui::Text("\a") : ui::Text()) + terminal.failure("ALERT: ") +
                   ui::format_text("{}{} holds: it is {}\n", where, condition, value_words(alert)));
    }
    if (alert.just_ended)
      terminal.err(ui::format_text("alert over: {}{}: it is {}\n", where, condition, value_words(alert)));
  }
}

ui::Text summary_of(const Poller& poller, const Conditions& conditions) {
  const queue::Trend& trend = poller.trend();
  if (trend.empty()) return {};
  const queue::Totals& totals = trend.totals();
  ui::Text text = ui::format_text("watched {}: queued {} -> {}; {} came, {} finished",
                                  format_age(std::llround(totals.seconds)), with_separators(trend.queued_at_first()),
                                  format_count(trend.last().queued(), trend.last().queued_estimated),
                                  with_separators(totals.came), with_separators(totals.finished));
  if (totals.removed > 0) text += ui::format_text(", {} removed unfinished", with_separators(totals.removed));
  if (totals.put_back > 0) text += ui::format_text(", {} put back for another try", with_separators(totals.put_back));
  if (poller.workers() != nullptr && poller.workers()->restarts() > 0)
    text += ui::format_text("; {}", count_of(poller.workers()->restarts(), "worker restart", "worker restarts"));
  if (poller.entered_again() > 0)
    text += ui::format_text("; the session was entered again {}", how_often(poller.entered_again()));
  text += "\n";
  for (const ConditionState& alert : conditions.alerts()) {
    if (alert.began > 0) text += ui::format_text("alert {} held {}\n", alert.condition.text(), how_often(alert.began));
  }
  return text;
}

}  // namespace akqueue::commands

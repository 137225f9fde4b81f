#include "commands/look/show_log.hpp"

#include <algorithm>

#include "queue/task/logs.hpp"
#include "queue/task/traceback.hpp"
#include "ui/streaming.hpp"

namespace akqueue::commands {
namespace {

/// A log line of ten megabytes is of no use on a terminal; -o json has it whole.
constexpr std::int64_t kEventShown = 2000;
constexpr std::size_t kAttributeShown = 500;
constexpr std::size_t kTracebackShown = 20;  ///< lines
constexpr std::size_t kLineShown = 400;
constexpr std::size_t kAttributesShown = 40;
constexpr std::size_t kAttributeIndent = 6;

ui::Text level_text(const ui::Terminal& terminal, const std::string& level) {
  const ui::Text wide = ui::padded(level, 8);
  if (!terminal.out_is_terminal()) return wide;
  if (level == "error" || level == "critical") return terminal.failure(wide);
  return level == "warning" ? terminal.warning(wide) : wide;
}

/// A word as it is, all else as JSON.
std::string value_words(const session::Value& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (!text.empty() && text.find_first_of(" \"=\n\t") == std::string::npos) return text;
  }
  return value.dump(-1, ' ', false, session::Value::error_handler_t::replace);
}

/// `delay=15000 host=ldap.example.com`, without the exception, which stands as a traceback.
ui::Text attributes_text(const queue::LogLine& line, const session::Value& attributes, bool traced) {
  if (line.attributes.size() <= 2) return {};
  if (!attributes.is_object()) return ui::format_text("  {}", shortened(line.attributes, kAttributeShown));
  ui::Text text;
  std::size_t count = 0;
  for (const auto& item : attributes.items()) {
    if (traced && item.key() == queue::kExceptionAttribute) continue;
    if (++count > kAttributesShown) continue;
    text += ui::format_text("{}{}={}", text.empty() ? "  " : " ", item.key(),
                            shortened(value_words(item.value()), kAttributeShown));
  }
  if (count > kAttributesShown)
    text += ui::format_text(" … ({} more; -o json shows all)",
                            with_separators(static_cast<std::int64_t>(count - kAttributesShown)));
  return text;
}

ui::Text event_text(const queue::LogLine& line) {
  const auto shown = static_cast<std::int64_t>(ui::characters_in(line.event));
  if (line.event_size <= shown) return line.event;
  return ui::format_text("{}… ({} characters; -o json shows all)", line.event, with_separators(line.event_size));
}

ui::Text line_text(const ui::Terminal& terminal, const queue::LogLine& line) {
  const session::Value attributes = queue::read_attributes(line.attributes);
  const std::vector<std::string> traceback = queue::traceback_in(line.event, attributes);
  const ui::Text head = ui::format_text("  {}  {}", ui::padded(line.at ? format_timestamp(*line.at) : "", 27),
                                        level_text(terminal, line.level));
  const ui::Text more = attributes_text(line, attributes, !traceback.empty());
  if (traceback.empty()) return ui::format_text("{}  {}{}\n", head, event_text(line), more);
  // Where the traceback is the event's text, the last part of that is all that was read of a long one.
  const bool is_event = line.event.find('\n') != std::string::npos && !attributes.contains(queue::kExceptionAttribute);
  const std::string whole = line.ending.empty() ? line.event : line.event + "\n" + line.ending;
  const ui::Text first =
      is_event ? ui::Text(shortened(queue::error_in(whole, attributes), kLineShown)) : event_text(line);
  ui::Text text = ui::format_text("{}  {}{}\n", head, first, more);
  if (!is_event || line.ending.empty()) return text + traceback_text(traceback, kAttributeIndent);
  text += ui::format_text("{}… (the end of {} characters; -o json shows all)\n", ui::Text::blanks(kAttributeIndent),
                          with_separators(line.event_size));
  std::vector<std::string> end = lines_of(line.ending);
  if (end.size() > 1) end.erase(end.begin());
  return text + traceback_text(end, kAttributeIndent);
}

}  // namespace

std::string shortened(const std::string& text, std::size_t longest) {
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) --end;
  return text.substr(0, end) + "… (" + ui::format_size(static_cast<std::int64_t>(text.size())) + "; -o json shows all)";
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = rest.find('\n');
    lines.emplace_back(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return lines;
}

ui::Text traceback_text(const std::vector<std::string>& lines, std::size_t indent) {
  ui::Text text;
  const std::size_t first = lines.size() > kTracebackShown ? lines.size() - kTracebackShown : 0;
  if (first > 0)
    text += ui::format_text("{}… ({} before these; -o json shows all)\n", ui::Text::blanks(indent),
                            count_of(static_cast<std::int64_t>(first), "line", "lines"));
  for (std::size_t i = first; i < lines.size(); ++i)
    text += ui::format_text("{}{}\n", ui::Text::blanks(indent), shortened(lines[i], kLineShown));
  return text;
}

void print_logs(ui::Terminal& terminal, const session::Database& database, const std::string& id, bool previous) {
  ui::BufferedOutput output(terminal);
  bool first = true;
  queue::read_logs(database, id, kEventShown, [&](const queue::LogLine& line) {
    if (line.previous != previous) return;
    if (first) output.print(previous ? ui::Text("\nLog of the attempts before\n") : ui::Text("\nLog\n"));
    first = false;
    output.print(line_text(terminal, line));
  });
  output.flush();
}

}  // namespace akqueue::commands

#include "commands/watch/board_show.hpp"

#include <algorithm>
#include <utility>

#include "commands/watch/screen_view.hpp"
#include "commands/watch/words.hpp"
#include "ui/characters.hpp"
#include "ui/listing.hpp"

namespace akqueue::commands {
namespace {

/// Calls `print` for every look that ended since the last time.
template <class Print>
void each_new(std::vector<int>& seen, const std::vector<BoardLine>& lines, const Print& print) {
  seen.resize(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].looks == std::exchange(seen[i], lines[i].looks)) continue;
    print(i, lines[i]);
  }
}

class BoardText final : public BoardShow {
 public:
  explicit BoardText(const cli::Environment& environment) : environment_(environment) {}

  void show(const std::vector<BoardLine>& lines) override {
    if (widths_.columns.empty()) {
      std::size_t longest = 4;
      for (const BoardLine& line : lines) longest = std::max(longest, ui::columns_of(line.name.text()));
      const ui::Listing header(kColumns);
      widths_ = header.fitted({{9, longest, 11, 6, 9, 9, 9, 8, 60}}, environment_.terminal);
      environment_.terminal.out(header.draw_header(widths_));
    }
    troubles_.resize(lines.size());
    each_new(seen_, lines, [&](std::size_t i, const BoardLine& line) { print(line, troubles_[i]); });
  }
  void idle(std::chrono::milliseconds length) override { environment_.clock.sleep(length); }

 private:
  // GROWTH is what CAME and FINISHED leave.
  inline static const std::vector<ui::ListingColumn> kColumns{
      {"TIME"},         {"SITE", false, true},       {"QUEUED", true},
      {"TAKEN", true},  {"CAME", true, false, true}, {"FINISHED", true, false, true},
      {"GROWTH", true}, {"EMPTY-IN", true},          {"GROWS-MOST", false, true}};

  void print(const BoardLine& line, std::string& said) {
    ui::Listing listing(kColumns);
    const std::string site = line.name.text();
    if (!line.trouble.empty()) {
      if (std::exchange(said, line.trouble) == line.trouble) return;
      environment_.terminal.err(ui::format_text("can't look at {}: {}{}\n", site, line.trouble,
                                                line.error && is_final(*line.error) ? "" : "; trying again"));
      listing.add({time_of_day(line.at), site, "?", "?", "?", "?", "?", "?", "<not read>"});
    } else {
      said.clear();
      const BoardFigures& seen = *line.figures;
      listing.add({time_of_day(line.at), site, format_count(seen.queued, seen.queued_estimated),
                   with_separators(seen.taken), format_rate(seen.recent.came), format_rate(seen.recent.finished),
                   format_growth(seen.recent.growth()), empty_words(seen), seen.grows});
    }
    environment_.terminal.out(listing.draw_rows(widths_));
  }

  const cli::Environment& environment_;
  ui::Listing::Widths widths_;
  std::vector<int> seen_;
  std::vector<std::string> troubles_;  ///< said and not over
};

class BoardJson final : public BoardShow {
 public:
  BoardJson(const cli::Environment& environment, OutputFormat output)
      : environment_(environment), output_(std::move(output)) {}
  void show(const std::vector<BoardLine>& lines) override {
    each_new(seen_, lines, [&](std::size_t, const BoardLine& line) {
      environment_.terminal.out(as_next_json(output_, line.document));
    });
  }
  void idle(std::chrono::milliseconds length) override { environment_.clock.sleep(length); }

 private:
  const cli::Environment& environment_;
  OutputFormat output_;
  std::vector<int> seen_;
};

class BoardScreen final : public BoardShow {
 public:
  BoardScreen(std::unique_ptr<ui::FullScreen> full, bool colours, BoardTitle title)
      : full_(std::move(full)), screen_(*full_, colours), title_(std::move(title)) {}

  void show(const std::vector<BoardLine>& lines) override {
    newest_ = lines;
    draw();
    each_new(seen_, lines, [&](std::size_t, const BoardLine& line) {
      if (line.rings) screen_.ring();
    });
  }
  void idle(std::chrono::milliseconds length) override {
    const std::string typed = full_->typed(length);
    bytes_ += typed;
    for (const ui::Key& key : ui::take_keys(bytes_, typed.empty())) {
      if (handle_key(key, controls_, shown_.size())) quit_ = true;
    }
    draw();
  }
  bool quit() const override { return quit_; }

 private:
  void draw() {
    if (!controls_.paused) shown_ = newest_;
    screen_.draw(board_frame(title_, shown_, controls_, screen_.size()));
  }

  std::unique_ptr<ui::FullScreen> full_;
  ui::Screen screen_;
  BoardTitle title_;
  std::vector<BoardLine> newest_;
  std::vector<BoardLine> shown_;  ///< older while paused
  std::vector<int> seen_;
  WatchControls controls_;
  std::string bytes_;
  bool quit_ = false;
};

}  // namespace

std::unique_ptr<BoardShow> board_show_for(const cli::Environment& environment, std::unique_ptr<ui::FullScreen> full,
                                          OutputFormat output, const BoardTitle& title) {
  if (full != nullptr) return std::make_unique<BoardScreen>(std::move(full), environment.terminal.colours(), title);
  if (is_json(output)) return std::make_unique<BoardJson>(environment, output);
  return std::make_unique<BoardText>(environment);
}

}  // namespace akqueue::commands

#include "ui/relay.hpp"

namespace akqueue::ui {
namespace {

using namespace std::chrono_literals;

/// A program that fails ends sooner after its last words.
constexpr auto kBeforeTheAnswer = 400ms;
constexpr auto kAfterwards = 5s;
constexpr auto kSilence = 5s;
constexpr auto kThenEvery = 30s;
/// Within one wait it is asked at least so often.
constexpr auto kOneWait = 1s;

/// The program and its verb: the words up to the first option.
std::string first_words(const std::vector<std::string>& argv) {
  std::string words;
  for (const std::string& word : argv) {
    if (word.starts_with("-")) break;
    words += (words.empty() ? "" : " ") + word;
  }
  return words;
}

}  // namespace

void Relay::started(const std::vector<std::string>& argv) {
  name_ = first_words(argv);
  pending_.clear();
  heard_at_ = waited_at_ = clock_.now();
  next_told_ = kSilence;
  answered_ = shown_ = line_open_ = false;
}

void Relay::said(std::string_view bytes) {
  if (bytes.empty()) return;
  if (pending_.empty()) said_at_ = clock_.now();
  pending_ += bytes;
}

void Relay::answered() {
  pending_.clear();
  if (line_open_) terminal_.err("\n");
  heard_at_ = clock_.now();
  next_told_ = kSilence;
  answered_ = true;
  shown_ = line_open_ = false;
}

void Relay::waiting() {
  if (terminal_.is_drawn_on()) return;
  const Moment now = clock_.now();
  // Nobody waited: a question stood, or it was not yet time for the next look.
  if (now - waited_at_ > kOneWait) heard_at_ = now, next_told_ = kSilence;
  waited_at_ = now;
  if (!pending_.empty() && now - said_at_ >= (answered_ ? std::chrono::milliseconds(kAfterwards) : kBeforeTheAnswer))
    return show_what_was_said();
  // What it has said is what is waited for.
  if (shown_) return;
  const auto silence = std::chrono::duration_cast<std::chrono::seconds>(now - heard_at_);
  if (silence >= next_told_) show_silence(silence);
}

void Relay::show_what_was_said() {
  terminal_.err(Text::lines(pending_));
  // A person who is asked ends the line.
  line_open_ = pending_.back() != '\n' && !terminal_.in_is_terminal();
  pending_.clear();
  shown_ = true;
}

void Relay::show_silence(std::chrono::seconds silence) {
  terminal_.err(
      answered_ ? format_text("no answer through {} for {}s: the database, or the way to it; Ctrl-C ends the wait\n",
                              name_, silence.count())
                : format_text("waiting for {} for {}s; Ctrl-C ends the wait\n", name_, silence.count()));
  next_told_ = silence + (silence < kThenEvery ? kThenEvery - silence : kThenEvery);
}

}  // namespace akqueue::ui

#include "backup/gzip_file.hpp"

#include <algorithm>
#include <deque>
#include <optional>

#include "akqueue/error.hpp"
#include "backup/gzip_source.hpp"
#include "backup/read_ahead.hpp"

namespace akqueue::backup {
namespace {

constexpr std::size_t kLongestLine = 300u << 20;

}  // namespace

struct GzipReader::State {
  State(system::File opened, std::string name)
      : path(std::move(name)), source(std::move(opened), path), compressed(source.compressed()) {}

  std::string path;
  GzipSource source;
  bool compressed;
  ReadAhead ahead{source};
  std::string text;
  std::int64_t text_at = 0;  ///< where `text` begins in all of the text
  std::size_t given = 0;     ///< in `text`: the next read begins here
  std::size_t looked = 0;    ///< in `text`: no line end between there and here
  bool at_end = false;
  struct Stream {
    std::int64_t place;    ///< in the file
    std::int64_t text_at;  ///< in all of the text
  };
  std::deque<Stream> streams = {{0, 0}};  ///< those that `text` is of

  void start_at(std::int64_t place) {
    ahead.start_at(place);
    text.clear();
    text_at = compressed ? 0 : place;
    given = looked = 0;
    at_end = false;
    streams = {{place, text_at}};
  }

  /// Adds to `text`. False at the end of the file, even in the middle of a stream.
  bool more() {
    if (at_end) return false;
    const auto piece = ahead.next();
    at_end = !piece.has_value();
    if (at_end) return false;
    if (piece->stream) streams.push_back({*piece->stream, text_at + static_cast<std::int64_t>(text.size())});
    text.append(piece->text);
    return true;
  }

  /// Frees what was given out.
  void forget() {
    text.erase(0, given);
    text_at += static_cast<std::int64_t>(given);
    looked -= std::min(looked, given);
    given = 0;
    while (streams.size() > 1 && streams[1].text_at <= text_at) streams.pop_front();
  }
};

GzipReader::GzipReader(system::File file, const std::string& path)
    : state_(std::make_unique<State>(std::move(file), path)) {}

GzipReader::~GzipReader() = default;

std::optional<std::string_view> GzipReader::line() {
  State& state = *state_;
  for (;;) {
    const auto end = state.text.find('\n', std::max(state.looked, state.given));
    if (end != std::string::npos) {
      const std::string_view found = std::string_view(state.text).substr(state.given, end - state.given);
      state.given = state.looked = end + 1;
      return found;
    }
    state.forget();
    state.looked = state.text.size();
    if (state.looked > kLongestLine)
      throw Error(ErrorCode::damaged, state.path + " is damaged: it has a line of more than 300 MB");
    if (!state.more()) return std::nullopt;
  }
}

std::optional<std::string_view> GzipReader::bytes(std::size_t count) {
  State& state = *state_;
  if (count > kLongestLine)
    throw Error(ErrorCode::damaged, state.path + " is damaged: it has a part of more than 300 MB");
  if (state.text.size() - state.given < count) state.forget();
  while (state.text.size() - state.given < count) {
    if (!state.more()) return std::nullopt;
  }
  const std::string_view found = std::string_view(state.text).substr(state.given, count);
  state.given += count;
  return found;
}

bool GzipReader::locked() const {
  try {
    return state_->source.file().locked_by_another();
  } catch (const system::FileFailure&) {
    return false;  // a file system without locks
  }
}

FilePlace GzipReader::place() const {
  const std::int64_t here = state_->text_at + static_cast<std::int64_t>(state_->given);
  if (!state_->compressed) return {here, 0};
  auto stream = state_->streams.rbegin();
  while (stream->text_at > here) ++stream;
  return {stream->place, here - stream->text_at};
}

void GzipReader::go_to(const FilePlace& place) {
  constexpr std::int64_t kPiece = 1 << 20;
  std::int64_t further = place.further;
  // Forward from here, unless that is longer: in a file of one stream it is the only way.
  const FilePlace here = this->place();
  if (here.stream == place.stream && here.further <= further) further -= here.further;
  else state_->start_at(place.stream);
  while (further > 0) {
    const auto skipped = std::min(further, kPiece);
    if (!bytes(static_cast<std::size_t>(skipped)))
      throw Error(ErrorCode::damaged, state_->path + " was changed while it was read");
    further -= skipped;
  }
}

}  // namespace akqueue::backup

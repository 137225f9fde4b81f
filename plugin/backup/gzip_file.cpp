#include "backup/gzip_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <optional>
#include <vector>

#include "akqueue/error.hpp"
#include "system/file.hpp"
#include "system/paths.hpp"

namespace akqueue::backup {
namespace {

constexpr std::size_t kBuffer = 256 * 1024;
constexpr int kGzip = 15 + 16;
constexpr std::size_t kLongestLine = 300u << 20;

Error read_error(const std::string& path, const system::FileFailure& failure) {
  return Error(ErrorCode::system, "can't read " + path + ": " + failure.what(), "try another copy of the file");
}

}  // namespace

struct GzipReader::State {
  State(system::File opened, std::string name) : path(std::move(name)), file(std::move(opened)), input(kBuffer) {}

  std::string path;
  system::File file;
  z_stream stream{};
  std::vector<unsigned char> input;
  std::int64_t read_so_far = 0;  ///< of the file, by `input`
  std::string text;
  std::int64_t text_at = 0;  ///< where `text` begins in all of the text
  std::size_t given = 0;     ///< in `text`: the next read begins here
  std::size_t looked = 0;    ///< in `text`: no line end between there and here
  bool compressed = true;
  bool at_end = false;
  bool between_streams = true;
  struct Stream {
    std::int64_t place;    ///< in the file
    std::int64_t text_at;  ///< in all of the text
  };
  std::deque<Stream> streams;  ///< those that `text` is of

  void start_at(std::int64_t place) {
    try {
      file.seek(place);
    } catch (const system::FileFailure& failure) { throw read_error(path, failure); }
    read_so_far = place;
    stream.avail_in = 0;
    text.clear();
    text_at = compressed ? 0 : place;
    given = looked = 0;
    at_end = false;
    streams = {{place, text_at}};
    begin_stream();
  }

  void begin_stream() {
    inflateReset(&stream);
    between_streams = true;
  }

  bool refill() {
    if (stream.avail_in > 0) return true;
    std::size_t got = 0;
    try {
      got = file.read(reinterpret_cast<char*>(input.data()), input.size());
    } catch (const system::FileFailure& failure) { throw read_error(path, failure); }
    read_so_far += static_cast<std::int64_t>(got);
    stream.next_in = input.data();
    stream.avail_in = static_cast<uInt>(got);
    return got > 0;
  }

  /// Adds to `text`. False at the end of the file, even in the middle of a stream.
  bool more() {
    if (at_end || !refill()) {
      at_end = true;
      return false;
    }
    if (compressed) return inflate_some();
    text.append(reinterpret_cast<const char*>(stream.next_in), stream.avail_in);
    stream.avail_in = 0;
    return true;
  }

  bool inflate_some() {
    if (between_streams) {
      streams.push_back({read_so_far - stream.avail_in, text_at + static_cast<std::int64_t>(text.size())});
      between_streams = false;
    }
    std::array<unsigned char, 64 * 1024> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): zlib fills it
    stream.next_out = piece.data();
    stream.avail_out = piece.size();
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    text.append(reinterpret_cast<const char*>(piece.data()), piece.size() - stream.avail_out);
    if (result == Z_STREAM_END) begin_stream();
    if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) return true;
    throw Error(ErrorCode::damaged,
                path + " is damaged: " + (stream.msg == nullptr ? "it can't be decompressed" : stream.msg));
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
    : state_(std::make_unique<State>(std::move(file), path)) {
  inflateInit2(&state_->stream, kGzip);
  constexpr unsigned char kMark[] = {0x1f, 0x8b};
  state_->streams = {{0, 0}};
  state_->compressed = state_->refill() && state_->stream.avail_in >= sizeof kMark &&
                       std::memcmp(state_->input.data(), kMark, sizeof kMark) == 0;
}

GzipReader::~GzipReader() { inflateEnd(&state_->stream); }

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
    return state_->file.locked_by_another();
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

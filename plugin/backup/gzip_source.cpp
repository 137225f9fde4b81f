#include "backup/gzip_source.hpp"

#include <zlib.h>

#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "akqueue/error.hpp"

namespace akqueue::backup {
namespace {

constexpr std::size_t kBuffer = 256 * 1024;
constexpr std::size_t kPiece = 64 * 1024;
constexpr int kGzip = 15 + 16;

Error read_error(const std::string& path, const system::FileFailure& failure) {
  return Error(ErrorCode::system, "can't read " + path + ": " + failure.what(), "try another copy of the file");
}

}  // namespace

struct GzipSource::State {
  State(system::File opened, std::string name) : path(std::move(name)), file(std::move(opened)), input(kBuffer) {
    inflateInit2(&stream, kGzip);
  }
  ~State() { inflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::string path;
  system::File file;
  z_stream stream{};
  std::vector<unsigned char> input;
  std::int64_t read_so_far = 0;  ///< of the file, by `input`
  bool compressed = true;
  bool between_streams = true;

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

  TextPiece inflate_some() {
    TextPiece piece;
    if (std::exchange(between_streams, false)) piece.stream = read_so_far - stream.avail_in;
    std::array<unsigned char, kPiece> room;  // NOLINT(cppcoreguidelines-pro-type-member-init): zlib fills it
    stream.next_out = room.data();
    stream.avail_out = room.size();
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    piece.text.assign(reinterpret_cast<const char*>(room.data()), room.size() - stream.avail_out);
    if (result == Z_STREAM_END) begin_stream();
    if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) return piece;
    throw Error(ErrorCode::damaged,
                path + " is damaged: " + (stream.msg == nullptr ? "it can't be decompressed" : stream.msg));
  }
};

GzipSource::GzipSource(system::File file, const std::string& path)
    : state_(std::make_unique<State>(std::move(file), path)) {
  constexpr unsigned char kMark[] = {0x1f, 0x8b};
  state_->compressed = state_->refill() && state_->stream.avail_in >= sizeof kMark &&
                       std::memcmp(state_->input.data(), kMark, sizeof kMark) == 0;
}

GzipSource::~GzipSource() = default;

bool GzipSource::compressed() const { return state_->compressed; }
system::File& GzipSource::file() { return state_->file; }

void GzipSource::start_at(std::int64_t place) {
  try {
    state_->file.seek(place);
  } catch (const system::FileFailure& failure) { throw read_error(state_->path, failure); }
  state_->read_so_far = place;
  state_->stream.avail_in = 0;
  state_->begin_stream();
}

std::optional<TextPiece> GzipSource::next() {
  State& state = *state_;
  if (!state.refill()) return std::nullopt;
  if (state.compressed) return state.inflate_some();
  TextPiece piece;
  piece.text.assign(reinterpret_cast<const char*>(state.stream.next_in), state.stream.avail_in);
  state.stream.avail_in = 0;
  return piece;
}

}  // namespace akqueue::backup

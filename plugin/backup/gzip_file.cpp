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
/// The cheapest level: measured, task rows shrink to a seventh, and a higher level takes twice the time for a tenth
/// more.
constexpr int kLevel = 1;
constexpr int kGzip = 15 + 16;
constexpr std::size_t kLongestLine = 300u << 20;

Error write_error(const std::string& what, const std::string& path, const system::FileFailure& failure) {
  return Error(ErrorCode::system, "can't " + what + " " + path + ": " + failure.what(),
               failure.no_room ? "free some space, or name another place with --backup-file"
                               : "name another place with --backup-file");
}

/// Some file systems have no locks.
void lock_if_possible(system::File& file) {
  try {
    file.try_lock();
  } catch (const system::FileFailure&) { return; }
}

Error read_error(const std::string& path, const system::FileFailure& failure) {
  return Error(ErrorCode::system, "can't read " + path + ": " + failure.what(), "try another copy of the file");
}

}  // namespace

struct GzipWriter::State {
  std::string path;
  std::optional<system::File> file;
  bool compressed = true;
  bool in_stream = false;  ///< something was written since the last stream ended
  z_stream stream{};
  std::vector<unsigned char> buffer;
  std::int64_t size = 0;
  std::int64_t synced = 0;  ///< bytes that are on the disk
  bool broken = false;

  /// What follows a gap could not be read: the file ends where it was whole, and takes nothing more.
  [[noreturn]] void give_up(const system::FileFailure& failure) {
    broken = true;
    try {
      file->truncate(synced);
      size = synced;
    } catch (const system::FileFailure&) {
      // The reader finds the gap by the sums.
    }
    throw write_error("write", path, failure);
  }

  void check() const {
    if (broken) throw Error(ErrorCode::system, path + " can't be written any more", "what is in it can be restored");
  }

  void write_out(const unsigned char* bytes, std::size_t count) {
    try {
      file->write({reinterpret_cast<const char*>(bytes), count});
    } catch (const system::FileFailure& failure) { give_up(failure); }
    size += static_cast<std::int64_t>(count);
  }

  /// Compresses what is in the stream's input.
  void deflate_all(int flush) {
    for (;;) {
      stream.next_out = buffer.data();
      stream.avail_out = static_cast<uInt>(buffer.size());
      ::deflate(&stream, flush);
      const std::size_t made = buffer.size() - stream.avail_out;
      write_out(buffer.data(), made);
      if (stream.avail_out > 0) return;
    }
  }
};

GzipWriter::GzipWriter(const std::string& path, bool compressed) : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->compressed = compressed;
  state_->buffer.resize(kBuffer);
  try {
    state_->file.emplace(system::File::create(system::path_of(path)));
  } catch (const system::FileFailure& failure) { throw write_error("create", path, failure); }
  lock_if_possible(*state_->file);  // while it is being written nobody restores from it
  if (compressed && deflateInit2(&state_->stream, kLevel, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    discard();
    throw Error(ErrorCode::system, "can't begin to compress " + path);
  }
}

GzipWriter::~GzipWriter() {
  if (state_->compressed) deflateEnd(&state_->stream);
}

void GzipWriter::write(std::string_view bytes) {
  state_->check();
  if (!state_->compressed) return state_->write_out(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): zlib's interface is not const, its use is
  state_->stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  state_->stream.avail_in = static_cast<uInt>(bytes.size());
  state_->in_stream = true;
  state_->deflate_all(Z_NO_FLUSH);
}

void GzipWriter::sync() {
  state_->check();
  if (state_->in_stream) {
    state_->deflate_all(Z_FINISH);
    deflateReset(&state_->stream);
    state_->in_stream = false;
  }
  try {
    state_->file->sync();
  } catch (const system::FileFailure& failure) { state_->give_up(failure); }
  state_->synced = state_->size;
}

void GzipWriter::discard() noexcept {
  std::error_code failure;
  std::filesystem::remove(system::path_of(state_->path), failure);
}

std::int64_t GzipWriter::size() const { return state_->size; }

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

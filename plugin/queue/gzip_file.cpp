#include "queue/gzip_file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "akqueue/error.hpp"

namespace akqueue {
namespace {

constexpr std::size_t kBuffer = 256 * 1024;
/// The cheapest level: measured, task rows shrink to a seventh, and a higher level takes twice the time for a tenth more.
constexpr int kLevel = 1;
constexpr int kGzip = 15 + 16;
constexpr std::size_t kLongestLine = 300u << 20;

[[noreturn]] void fail(const std::string& what, const std::string& path, const std::string& hint) {
  throw Error(ErrorCode::system, "can't " + what + " " + path + ": " + std::strerror(errno), hint);
}

[[noreturn]] void fail_to_write(const std::string& what, const std::string& path) {
  const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  fail(what, path, full ? "make room, or name another place with --backup-file" : "name another place with --backup-file");
}

[[noreturn]] void fail_to_read(const std::string& path) { fail("read", path, "another copy of the file may be readable"); }

}  // namespace

struct GzipWriter::State {
  std::string path;
  int file = -1;
  bool compressed = true;
  bool finished = false;
  z_stream stream{};
  std::vector<unsigned char> buffer;
  std::int64_t size = 0;
  std::int64_t synced = 0;  ///< bytes that are on the disk
  bool broken = false;

  /// Whatever comes behind a gap could not be read: the file ends where it was whole, and takes nothing more.
  [[noreturn]] void give_up() {
    const int reason = errno;
    broken = true;
    if (::ftruncate(file, synced) == 0) size = synced;
    errno = reason;
    fail_to_write("write", path);
  }

  void check() const {
    if (broken) throw Error(ErrorCode::system, path + " can't be written any more", "what it has taken can be restored");
  }

  void write_out(const unsigned char* bytes, std::size_t count) {
    while (count > 0) {
      const ssize_t written = ::write(file, bytes, count);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) give_up();
      bytes += written;
      count -= static_cast<std::size_t>(written);
      size += written;
    }
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
  state_->file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (state_->file < 0) fail_to_write("create", path);
  if (compressed && deflateInit2(&state_->stream, kLevel, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    ::close(state_->file);
    ::unlink(path.c_str());
    throw Error(ErrorCode::system, "can't start to compress " + path);
  }
}

GzipWriter::~GzipWriter() {
  if (state_->compressed) deflateEnd(&state_->stream);
  ::close(state_->file);
}

void GzipWriter::write(std::string_view bytes) {
  state_->check();
  if (!state_->compressed) return state_->write_out(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  // zlib's interface is not const, its use is.
  state_->stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  state_->stream.avail_in = static_cast<uInt>(bytes.size());
  state_->deflate_all(Z_NO_FLUSH);
}

void GzipWriter::sync() {
  state_->check();
  if (state_->compressed && !state_->finished) state_->deflate_all(Z_SYNC_FLUSH);
  if (::fdatasync(state_->file) != 0) state_->give_up();
  state_->synced = state_->size;
}

void GzipWriter::finish() {
  state_->check();
  if (state_->compressed) state_->deflate_all(Z_FINISH);
  state_->finished = true;
  sync();
}

void GzipWriter::discard() noexcept { ::unlink(state_->path.c_str()); }

std::int64_t GzipWriter::size() const { return state_->size; }

struct GzipReader::State {
  std::string path;
  int file = -1;
  z_stream stream{};
  std::vector<unsigned char> input;
  std::string text;
  std::size_t given = 0;   ///< of `text`: where the next line begins
  std::size_t looked = 0;  ///< of `text`: no line end between there and here
  bool compressed = true;
  bool ended = false;      ///< in good order
  bool cut = false;

  bool refill() {
    if (stream.avail_in > 0) return true;
    ssize_t got = 0;
    while ((got = ::read(file, input.data(), input.size())) < 0 && errno == EINTR) {
    }
    if (got < 0) fail_to_read(path);
    stream.next_in = input.data();
    stream.avail_in = static_cast<uInt>(got);
    return got > 0;
  }

  /// Adds to `text`. False at the end.
  bool more() {
    if (ended || cut) return false;
    if (!refill()) {
      (compressed ? cut : ended) = true;
      return false;
    }
    if (!compressed) {
      text.append(reinterpret_cast<const char*>(stream.next_in), stream.avail_in);
      stream.avail_in = 0;
      return true;
    }
    std::array<unsigned char, 64 * 1024> piece;
    stream.next_out = piece.data();
    stream.avail_out = piece.size();
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    text.append(reinterpret_cast<const char*>(piece.data()), piece.size() - stream.avail_out);
    ended = result == Z_STREAM_END;
    if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) return true;
    throw Error(ErrorCode::damaged, path + " is damaged: " + (stream.msg == nullptr ? "it can't be decompressed" : stream.msg));
  }
};

GzipReader::GzipReader(const std::string& path) : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->input.resize(kBuffer);
  state_->file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (state_->file < 0) fail_to_read(path);
  inflateInit2(&state_->stream, kGzip);
  constexpr unsigned char kMark[] = {0x1f, 0x8b};
  state_->compressed = state_->refill() && state_->stream.avail_in >= sizeof kMark && std::memcmp(state_->input.data(), kMark, sizeof kMark) == 0;
}

GzipReader::~GzipReader() {
  inflateEnd(&state_->stream);
  ::close(state_->file);
}

std::optional<std::string_view> GzipReader::line() {
  State& state = *state_;
  for (;;) {
    const auto end = state.text.find('\n', state.looked);
    if (end != std::string::npos) {
      const std::string_view found = std::string_view(state.text).substr(state.given, end - state.given);
      state.given = state.looked = end + 1;
      return found;
    }
    state.text.erase(0, state.given);
    state.given = 0;
    state.looked = state.text.size();
    if (state.looked > kLongestLine) throw Error(ErrorCode::damaged, state.path + " is damaged: it has a line of more than 300 MB");
    if (!state.more()) break;
  }
  if (!state.text.empty()) state.cut = true;
  return std::nullopt;
}

bool GzipReader::cut_short() const { return state_->cut; }

}  // namespace akqueue

#include "system/text_file.hpp"

#include <algorithm>

#include "system/file.hpp"
#include "system/paths.hpp"
#include "system/private_place.hpp"
#include "system/surroundings.hpp"

namespace akqueue::system {
namespace {

constexpr std::size_t kReadPiece = 64 * 1024;

/// Gathers pieces into lines.
class Lines {
 public:
  Lines(std::size_t longest, const std::function<void(std::string_view)>& on_line)
      : longest_(longest), on_line_(on_line) {}

  void take(std::string_view piece) {
    for (std::size_t end = 0; (end = piece.find('\n')) != std::string_view::npos; piece.remove_prefix(end + 1)) {
      add(piece.substr(0, end));
      finish();
    }
    add(piece);
  }

  void finish() {
    if (!too_long_) on_line_(line_);
    line_.clear();
    too_long_ = false;
  }

  bool holds_some() const { return !line_.empty(); }

 private:
  void add(std::string_view part) {
    too_long_ = too_long_ || line_.size() + part.size() > longest_;
    if (too_long_) line_.clear();
    else line_ += part;
  }

  std::size_t longest_;
  const std::function<void(std::string_view)>& on_line_;
  std::string line_;
  bool too_long_ = false;
};

}  // namespace

std::string beginning_of(const std::filesystem::path& path, std::size_t most) {
  File file = File::read(path);
  std::string text;
  std::string piece(std::min(most, kReadPiece), '\0');
  while (text.size() < most) {
    const std::size_t got = file.read(piece.data(), std::min(piece.size(), most - text.size()));
    if (got == 0) break;
    text.append(piece, 0, got);
  }
  return text;
}

void each_line(const std::filesystem::path& path, std::size_t longest,
               const std::function<void(std::string_view)>& on_line) {
  File file = File::read(path);
  Lines lines(longest, on_line);
  std::string piece(kReadPiece, '\0');
  while (const std::size_t got = file.read(piece.data(), piece.size())) lines.take({piece.data(), got});
  if (lines.holds_some()) lines.finish();
}

void replace_file(const std::filesystem::path& path, std::string_view text, Reaches reaches) {
  namespace fs = std::filesystem;
  const fs::path beside = path_of(text_of(path) + "." + std::to_string(process_number()));
  std::error_code failure;
  fs::remove(beside, failure);
  try {
    File file = File::create(beside);
    file.write(text);
    if (reaches == Reaches::disk) file.sync();
  } catch (const FileFailure&) {
    fs::remove(beside, failure);
    throw;
  }
  fs::rename(beside, path, failure);
  if (failure) {
    std::error_code ignored;
    fs::remove(beside, ignored);
    throw FileFailure(failure.message(), failure == std::errc::no_space_on_device);
  }
  if (reaches == Reaches::disk && !sync_folder(path.parent_path()))
    throw FileFailure("its name can't be written to the disk", false);
}

}  // namespace akqueue::system

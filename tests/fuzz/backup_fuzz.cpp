// Backup files, plain and compressed: read to their end, then visited as restore does.
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.hpp"
#include "queue/backup_reader.hpp"

using namespace akqueue;

namespace {

/// A file without a name.
class MemoryFile {
 public:
  MemoryFile(const std::uint8_t* data, std::size_t size) : fd_(::memfd_create("backup", 0)) {
    fuzz::require(fd_ >= 0 && ::write(fd_, data, size) == static_cast<ssize_t>(size));
  }
  ~MemoryFile() { ::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

/// Every row that is visited belongs to a batch and to a table of the header.
class Checking final : public BackupVisitor {
 public:
  explicit Checking(std::size_t tables) : tables_(tables) {}
  bool wants(const BackupBatch&) override { return true; }
  void begin(const BackupBatch&) override { open_ = true; }
  void row(std::size_t table, std::string_view) override { fuzz::require(open_ && table < tables_); }
  void end(const BackupBatch&) override { open_ = false; }

 private:
  std::size_t tables_;
  bool open_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  fuzz::refused([&] {
    const BackupContents contents = read_backup(file.path());
    Checking visitor(contents.header.tables.size());
    visit_backup(file.path(), contents, visitor);
  });
  return 0;
}

// Backup files, plain and compressed: read to their end, then visited as restore does.
#include <sys/mman.h>
#include <unistd.h>

#include "backup/reader.hpp"
#include "backup/rows.hpp"
#include "fuzz.hpp"

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

/// Every row belongs to a table of the header, and can be shown and taken apart.
class Checking final : public backup::BatchRows {
 public:
  explicit Checking(const backup::BackupHeader& header) : header_(header) {}
  void rows(std::size_t table, std::string_view tuples) override {
    fuzz::require(table < header_.tables.size());
    const backup::KeptTable& shape = header_.tables[table];
    fuzz::refused([&] {
      backup::check_rows(shape, tuples, [&](const TupleReader& row) {
        backup::json_of_row(shape, row);
        backup::row_as_text(shape, row);
      });
    });
  }
  void json_row(std::size_t table, std::string_view) override { fuzz::require(table < header_.tables.size()); }

 private:
  const backup::BackupHeader& header_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile memory(data, size);
  fuzz::refused([&] {
    backup::BackupFile file(memory.path());
    Checking rows(file.check().header);
    for (const backup::BackupBatch& batch : file.contents().batches) file.read(batch, rows);
  });
  return 0;
}

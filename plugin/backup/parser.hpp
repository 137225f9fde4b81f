// Takes the parts of a backup one after another: the same code for a file that is read and for a batch that is about to
// be committed, so that whatever was deleted can be restored.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"
#include "akqueue/tuple.hpp"
#include "backup/format.hpp"
#include "backup/other_rows.hpp"
#include "backup/sink.hpp"

namespace akqueue::backup {

/// What a whole file holds, without its rows.
struct BackupContents {
  BackupHeader header;
  std::vector<BackupBatch> batches;
  /// Tasks by state and actor, of all batches that were not rolled back.
  Tally tasks;
  OtherRows other_rows;            ///< of the same batches
  std::int64_t unsealed_rows = 0;  ///< of a last batch without a seal: their deletion never happened
  bool complete = false;           ///< has its trailer
  std::string ending;              ///< the trailer's
  std::set<std::string> tenants;   ///< of the tasks
  std::set<std::int64_t> content_types;
};

/// Takes the parts. For everything that it can't take it throws Error (damaged), which names the batch.
class BackupParser {
 public:
  /// `name` is the file's, for errors; empty: they mention only the row. `header` is what its first line says. The
  /// first batch to come has the number `first`; what became of earlier ones is passed over.
  BackupParser(std::string name, BackupHeader header, std::int64_t first = 1);

  /// A line after the header, which begins at `place`. Returns how many bytes of rows follow it: give block() these
  /// next.
  std::size_t line(std::string_view line, const FilePlace& place = {});
  /// Those bytes.
  void block(std::string_view tuples);
  /// The table that they belong to.
  std::size_t block_table() const { return block_table_; }

  /// What has been taken so far; whole once end() was called.
  const BackupContents& contents() const { return contents_; }
  BackupContents end();

  /// Rows of the batch that is open, by table.
  const std::vector<std::int64_t>& open_rows() const { return open_.rows; }
  /// The sum of what is in it so far.
  std::uint32_t open_sum() const { return open_.crc; }
  bool batch_is_open() const { return open_begun_; }

  /// For a writer: the open batch has this number in its file.
  void number_batch(std::int64_t number) { open_.number = number; }
  /// For a writer: the open batch was not sealed, and the next one begins.
  void drop_batch() { start_batch(open_.number + 1); }
  /// Forgets what was taken.
  void forget_batches();

 private:
  /// What is known from the rows of the open batch so far.
  struct Seen {
    std::string fault;  ///< the first fault in a row
    Tally tasks;
    std::set<std::string> tenants;
    std::set<std::int64_t> content_types;
  };

  [[noreturn]] void fail(const std::string& what) const;
  void start_batch(std::int64_t number);
  void open_at(const FilePlace& place);
  void record(std::string_view line, const FilePlace& place);
  void begin_block(const Json& record, std::string_view line, const FilePlace& place);
  void json_row(std::string_view line, const JsonRow& row, const FilePlace& place);
  void note(const KeptTable& table, const TupleReader& row);
  void note_task(const std::string& state, const std::string& actor, const std::string& tenant,
                 std::int64_t content_type);
  void seal(const Json& record);
  void decide(const Json& said, BatchFate fate);
  void add_up();

  std::string name_;
  std::int64_t first_;
  BackupContents contents_;
  BackupBatch open_;
  bool open_begun_ = false;
  std::size_t block_table_ = 0;  ///< of the block that comes next
  std::size_t block_bytes_ = 0;
  Seen seen_;
  std::vector<Tally> tallies_;
};

}  // namespace akqueue::backup

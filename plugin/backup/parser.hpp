// What the parts of a backup mean, one after another: the same code for a file that is read and for a batch that is
// about to be committed, so that what was deleted is what can be restored.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/json.hpp"
#include "backup/format.hpp"
#include "backup/sink.hpp"

namespace akqueue {

/// What a whole file holds, without its rows.
struct BackupContents {
  BackupHeader header;
  std::vector<BackupBatch> batches;
  /// Tasks by state and actor, of all batches that were not rolled back.
  Tally tasks;
  std::int64_t other_rows = 0;     ///< log rows and rows of other tables, of the same batches
  std::int64_t unsealed_rows = 0;  ///< of a last batch that never came to its end: their deletion never happened
  bool complete = false;           ///< has its trailer
  std::string ending;              ///< the trailer's
  std::set<std::string> tenants;   ///< that tasks name
  std::set<std::int64_t> content_types;
};

/// Takes the parts. Everything that it can't take is Error (damaged), which says which batch it is in.
class BackupParser {
 public:
  /// `name` is the file's, for errors; empty: they speak of the row alone. `header` is what its first line says.
  /// The first batch that comes has the number `first`.
  BackupParser(std::string name, BackupHeader header, std::int64_t first = 1);

  /// A line behind the header, which begins at `place`. How many bytes of rows follow it, which block() must be given
  /// next.
  std::size_t line(std::string_view line, const FilePlace& place = {});
  /// Those bytes.
  void block(std::string_view tuples);
  /// The table that they are of.
  std::size_t block_table() const { return block_table_; }

  /// What has been taken so far; whole once end() was called.
  const BackupContents& contents() const { return contents_; }
  BackupContents end();

  /// Rows of the batch that is open, by table.
  const std::vector<std::int64_t>& open_rows() const { return open_.rows; }
  /// The sum of what stands in it so far.
  std::uint32_t open_sum() const { return open_.crc; }
  bool batch_is_open() const { return open_begun_; }

  /// For whoever writes: the open batch never came to its seal, and the next one begins.
  void drop_batch() { start_batch(open_.number + 1); }
  /// What was taken is not needed any more.
  void forget_batches();

 private:
  /// What the rows of the open batch have told so far.
  struct Seen {
    std::string fault;  ///< the first that is wrong in a row
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
  void note(const KeptTable& table, const class TupleReader& row);
  void note_task(const std::string& state, const std::string& actor, const std::string& tenant,
                 std::int64_t content_type);
  void seal(const Json& record);
  void decide(const Json& said, BatchFate fate);
  void add_up();

  std::string name_;
  BackupContents contents_;
  BackupBatch open_;
  bool open_begun_ = false;
  std::size_t block_table_ = 0;  ///< of the block that comes next
  std::size_t block_bytes_ = 0;
  Seen seen_;
  std::vector<Tally> tallies_;
};

}  // namespace akqueue

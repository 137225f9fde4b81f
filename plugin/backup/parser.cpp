#include "backup/parser.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "akqueue/checksum.hpp"
#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "akqueue/json_depth.hpp"
#include "akqueue/protocol.hpp"
#include "backup/json_row.hpp"
#include "backup/rows.hpp"

namespace akqueue::backup {
namespace {

/// Records are flat and short.
constexpr std::size_t kLongestRecord = 1 << 20;

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

BackupParser::BackupParser(std::string name, BackupHeader header, std::int64_t first)
    : name_(std::move(name)), first_(first) {
  contents_.header = std::move(header);
  start_batch(first);
}

void BackupParser::fail(const std::string& what) const {
  if (name_.empty())
    throw Error(ErrorCode::damaged, what, "nothing of this batch was deleted; --no-backup deletes without a backup");
  throw Error(ErrorCode::damaged, name_ + " is damaged: " + what + " (batch " + std::to_string(open_.number) + ")",
              "nothing was restored; try another copy of the file");
}

void BackupParser::start_batch(std::int64_t number) {
  open_ = {.number = number, .rows = std::vector<std::int64_t>(contents_.header.tables.size(), 0)};
  open_begun_ = false;
  seen_ = {};
}

void BackupParser::open_at(const FilePlace& place) {
  if (!open_begun_) open_.place = place;
  open_begun_ = true;
}

std::size_t BackupParser::line(std::string_view line, const FilePlace& place) {
  if (contents_.complete) fail("something follows its end");
  block_bytes_ = 0;
  const auto row = contents_.header.version == kBackupVersionOfJson ? split_row(line) : std::nullopt;
  if (row) json_row(line, *row, place);
  else record(line, place);
  return block_bytes_;
}

void BackupParser::record(std::string_view line, const FilePlace& place) {
  const Json record = line.size() > kLongestRecord ? Json() : parse_foreign<Json>(line);
  if (!record.is_object()) fail("a line is neither rows nor a record");
  try {
    if (record.contains("table")) return begin_block(record, line, place);
    if (record.contains("sealed")) return seal(record);
    if (record.contains("committed")) return decide(record.at("committed"), BatchFate::committed);
    if (record.contains("rolled_back")) return decide(record.at("rolled_back"), BatchFate::rolled_back);
    if (record.contains("end")) {
      contents_.ending = record.at("end").get<std::string>();
      contents_.complete = true;
      return;
    }
  } catch (const Json::exception&) { fail("a record can't be read"); }
  fail("a record is of an unknown kind");
}

void BackupParser::begin_block(const Json& record, std::string_view line, const FilePlace& place) {
  open_at(place);
  block_table_ = record.at("table").get<std::size_t>();
  const auto bytes = record.at("bytes").get<std::int64_t>();
  if (block_table_ >= open_.rows.size()) fail("rows belong to a table that is not in the header");
  if (bytes <= 0 || std::cmp_greater(bytes, protocol::kMaxFrame)) fail("rows have an impossible size");
  block_bytes_ = static_cast<std::size_t>(bytes);
  open_.crc = crc32_of("\n", crc32_of(line, open_.crc));
}

/// A fault in a row matters only when its batch is sealed: a batch whose rows arrive damaged is rolled back instead.
void BackupParser::block(std::string_view tuples) {
  const KeptTable& table = contents_.header.tables[block_table_];
  open_.crc = crc32_of("\n", crc32_of(tuples, open_.crc));
  try {
    open_.rows[block_table_] += check_rows(table, tuples, [&](const TupleReader& row) {
      if (block_table_ == 0) note(table, row);
    });
  } catch (const Error& error) {
    if (seen_.fault.empty()) seen_.fault = error.what();
  }
}

void BackupParser::note(const KeptTable& table, const TupleReader& row) {
  note_task(text_in(table, row, "state"), text_in(table, row, "actor_name"), text_in(table, row, "tenant_id"),
            number_of(text_in(table, row, "rel_obj_content_type_id")));
}

void BackupParser::note_task(const std::string& state, const std::string& actor, const std::string& tenant,
                             std::int64_t content_type) {
  ++seen_.tasks[{state, actor}];
  if (!tenant.empty()) seen_.tenants.insert(tenant);
  if (content_type != 0) seen_.content_types.insert(content_type);
}

void BackupParser::json_row(std::string_view line, const JsonRow& row, const FilePlace& place) {
  if (row.table >= open_.rows.size()) fail("a row belongs to a table that is not in the header");
  open_at(place);
  ++open_.rows[row.table];
  open_.crc = crc32_of("\n", crc32_of(line, open_.crc));
  const auto task = read_json_row(row.json);
  if (!task) seen_.fault = "a row is not JSON";
  else if (row.table == 0) note_task(task->state, task->actor, task->tenant, task->content_type);
}

void BackupParser::seal(const Json& record) {
  if (record.at("sealed") != open_.number) fail("a batch is missing");
  if (!seen_.fault.empty()) fail(seen_.fault);
  if (record.at("rows") != Json(open_.rows)) fail("rows are missing");
  if (record.at("crc32") != open_.crc) fail("its rows are not those that were written");
  open_.transaction = record.value("transaction", std::string());
  contents_.batches.push_back(open_);
  tallies_.push_back(std::move(seen_.tasks));
  contents_.tenants.merge(seen_.tenants);
  contents_.content_types.merge(seen_.content_types);
  start_batch(open_.number + 1);
}

/// Behind its batch, and perhaps behind batches of other sessions. One that was rolled back before its seal leaves rows
/// without one.
void BackupParser::decide(const Json& said, BatchFate fate) {
  if (!said.is_number_integer()) fail("a record can't be read");
  const auto number = said.get<std::int64_t>();
  if (number < first_) return;
  const auto batch = std::find_if(contents_.batches.rbegin(), contents_.batches.rend(),
                                  [&](const BackupBatch& one) { return one.number == number; });
  if (batch != contents_.batches.rend() && batch->fate == BatchFate::uncertain) {
    batch->fate = fate;
  } else if (fate == BatchFate::rolled_back && number == open_.number) {
    start_batch(number + 1);
  } else {
    fail("the outcome of a batch is in the wrong place");
  }
}

BackupContents BackupParser::end() {
  for (const std::int64_t rows : open_.rows) contents_.unsealed_rows += rows;
  add_up();
  return std::move(contents_);
}

void BackupParser::forget_batches() {
  contents_.batches.clear();
  contents_.tenants.clear();
  contents_.content_types.clear();
  tallies_.clear();
}

void BackupParser::add_up() {
  for (std::size_t i = 0; i < contents_.batches.size(); ++i) {
    const BackupBatch& batch = contents_.batches[i];
    if (batch.fate == BatchFate::rolled_back) continue;
    for (const auto& [key, count] : tallies_[i]) contents_.tasks[key] += count;
    for (std::size_t table = 1; table < batch.rows.size(); ++table)
      contents_.other_rows.add(contents_.header.tables[table].name, batch.rows[table]);
  }
}

}  // namespace akqueue::backup

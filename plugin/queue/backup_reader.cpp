#include "queue/backup_reader.hpp"

#include <algorithm>

#include "akqueue/checksum.hpp"
#include "akqueue/error.hpp"
#include "queue/gzip_file.hpp"

namespace akqueue {
namespace {

using Json = nlohmann::ordered_json;

/// What a restoration needs to know of a task's row, taken from its top level while the whole of it is checked to be
/// JSON. Nothing is built.
class TaskRow final : public nlohmann::json_sax<Json> {
 public:
  std::string state;
  std::string actor;
  std::string tenant;
  std::int64_t content_type = 0;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t value) override { return number(value); }
  bool number_unsigned(number_unsigned_t value) override { return number(static_cast<std::int64_t>(value)); }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t& value) override {
    if (depth_ != 1) return true;
    if (key_ == "state") state = value;
    if (key_ == "actor_name") actor = value;
    if (key_ == "tenant_id") tenant = value;
    return true;
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return ++depth_ > 0; }
  bool key(string_t& name) override {
    if (depth_ == 1) key_ = name;
    return true;
  }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(std::size_t) override { return ++depth_ > 1; }
  bool end_array() override { return --depth_ >= 0; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  bool number(std::int64_t value) {
    if (depth_ == 1 && key_ == "rel_obj_content_type_id") content_type = value;
    return true;
  }
  int depth_ = 0;
  std::string key_;
};

class Checker {
 public:
  explicit Checker(const std::string& path) : path_(path) {}

  BackupContents check() {
    GzipReader file(path_);
    const auto first = file.line();
    if (!first) throw Error(ErrorCode::damaged, path_ + " is no backup of kubectl akqueue: it is empty or has no whole line");
    contents_.header = BackupHeader::from_json(Json::parse(*first, nullptr, false));
    start_batch(1);
    while (const auto line = file.line()) take(*line);
    for (const std::int64_t rows : open_.rows) contents_.unsealed_rows += rows;
    add_up();
    return std::move(contents_);
  }

 private:
  /// What the rows of the batch that is read have told so far.
  struct Seen {
    bool all_json = true;
    Tally tasks;
    std::set<std::string> tenants;
    std::set<std::int64_t> content_types;
  };

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::damaged, path_ + " is damaged: " + what + " (batch " + std::to_string(open_.number) + ")", "another copy of the file may be whole; nothing was restored");
  }

  void start_batch(std::int64_t number) {
    open_ = {.number = number, .rows = std::vector<std::int64_t>(contents_.header.tables.size(), 0)};
    seen_ = {};
  }

  void take(std::string_view line) {
    if (contents_.complete) fail("something stands behind its end");
    if (const auto row = split_row(line)) return take_row(line, *row);
    const Json record = Json::parse(line, nullptr, false);
    if (!record.is_object()) fail("a line is neither a row nor a record");
    try {
      if (record.contains("sealed")) return seal(record);
      if (record.contains("committed")) return decide(record.at("committed"), BatchFate::committed);
      if (record.contains("rolled_back")) return decide(record.at("rolled_back"), BatchFate::rolled_back);
      if (record.contains("end")) return end(record);
    } catch (const Json::exception&) {
      fail("a record is not understood");
    }
    fail("a record is of no kind that is known");
  }

  /// What is wrong in a row matters once its batch is sealed: one whose rows came damaged is rolled back instead.
  void take_row(std::string_view line, const BackupRow& row) {
    if (row.table >= open_.rows.size()) fail("a row is of a table that the header does not name");
    ++open_.rows[row.table];
    open_.crc = crc32_of("\n", crc32_of(line, open_.crc));
    TaskRow task;
    if (!row.json.starts_with('{') || !Json::sax_parse(row.json, &task)) {
      seen_.all_json = false;
      return;
    }
    if (row.table != 0) return;
    ++seen_.tasks[{task.state, task.actor}];
    if (!task.tenant.empty()) seen_.tenants.insert(task.tenant);
    if (task.content_type != 0) seen_.content_types.insert(task.content_type);
  }

  void seal(const Json& record) {
    if (record.at("sealed") != open_.number) fail("a batch is missing");
    if (!seen_.all_json) fail("a row is no JSON");
    if (record.at("rows") != Json(open_.rows)) fail("rows are missing");
    if (record.at("crc32") != open_.crc) fail("its rows are not those that were written");
    open_.transaction = record.value("transaction", std::string());
    open_.rows_before = passed_over_;
    passed_over_ = 0;
    contents_.batches.push_back(open_);
    tallies_.push_back(std::move(seen_.tasks));
    contents_.tenants.merge(seen_.tenants);
    contents_.content_types.merge(seen_.content_types);
    start_batch(open_.number + 1);
  }

  /// A batch that was rolled back before its seal leaves rows without one.
  void decide(const Json& said, BatchFate fate) {
    if (!said.is_number_integer()) fail("a record is not understood");
    const auto number = said.get<std::int64_t>();
    if (!contents_.batches.empty() && contents_.batches.back().number == number) {
      contents_.batches.back().fate = fate;
    } else if (fate == BatchFate::rolled_back && number == open_.number) {
      for (const std::int64_t rows : open_.rows) passed_over_ += rows;
      start_batch(number + 1);
    } else {
      fail("the fate of a batch stands in the wrong place");
    }
  }

  void end(const Json& record) {
    contents_.ending = record.at("end").get<std::string>();
    contents_.complete = true;
  }

  void add_up() {
    for (std::size_t i = 0; i < contents_.batches.size(); ++i) {
      const BackupBatch& batch = contents_.batches[i];
      if (batch.fate == BatchFate::rolled_back) continue;
      for (const auto& [key, count] : tallies_[i]) contents_.tasks[key] += count;
      for (std::size_t table = 1; table < batch.rows.size(); ++table) contents_.other_rows += batch.rows[table];
    }
  }

  std::string path_;
  BackupContents contents_;
  BackupBatch open_;
  Seen seen_;
  std::vector<Tally> tallies_;
  std::int64_t passed_over_ = 0;
};

}  // namespace

BackupContents read_backup(const std::string& path) { return Checker(path).check(); }

void visit_backup(const std::string& path, const BackupContents& contents, BackupVisitor& visitor) {
  GzipReader file(path);
  file.line();
  for (const BackupBatch& batch : contents.batches) {
    const bool wanted = visitor.wants(batch);
    if (wanted) visitor.begin(batch);
    std::int64_t left = batch.rows_before;
    const std::int64_t before = left;
    for (const std::int64_t rows : batch.rows) left += rows;
    for (std::int64_t taken = 0; taken < left;) {
      const auto line = file.line();
      if (!line) throw Error(ErrorCode::damaged, path + " was changed while it was read");
      const auto row = split_row(*line);
      if (!row) continue;  // a record
      if (wanted && taken >= before) visitor.row(row->table, row->json);
      ++taken;
    }
    if (wanted) visitor.end(batch);
  }
}

}  // namespace akqueue

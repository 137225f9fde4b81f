#include "queue/change/schedule_undo.hpp"

#include <algorithm>
#include <map>

#include "akqueue/json.hpp"
#include "backup/rows.hpp"

namespace akqueue::queue {
namespace {

constexpr session::TransactionSettings kUndoingSchedules{
    .read_only = false, .statement_timeout_ms = 30'000, .lock_timeout_ms = 5'000};
constexpr session::TransactionSettings kLookingAtSchedules{
    .read_only = true, .snapshot = true, .statement_timeout_ms = 30'000, .lock_timeout_ms = 5'000};

bool is_true_text(const std::string& value) { return value == "t" || value == "true" || value == "1"; }

/// The former rows of a record.
class FormerRows final : public backup::BatchRows {
 public:
  explicit FormerRows(const backup::KeptTable& table) : table_(table) {}

  void rows(std::size_t, std::string_view tuples) override {
    backup::check_rows(table_, tuples, [&](const TupleReader& row) {
      const auto text = [&](std::string_view column) { return backup::text_in(table_, row, column); };
      Schedule schedule{.actor = text("actor_name"),
                        .crontab = text("crontab"),
                        .paused = is_true_text(text("paused")),
                        .next_run = parse_timestamp(text("next_run"))};
      schedule.id = Uuid::parse(text("id")).value_or(Uuid());
      schedule.uid = text("_uid");
      schedules.push_back(std::move(schedule));
    });
  }
  void json_row(std::size_t, std::string_view) override {}

  std::vector<Schedule> schedules;

 private:
  const backup::KeptTable& table_;
};

std::vector<Schedule> former_rows(backup::BackupFile& record) {
  const backup::BackupContents& contents = record.contents();
  FormerRows rows(contents.header.tables.front());
  for (const backup::BackupBatch& batch : contents.batches) {
    if (batch.fate != backup::BatchFate::rolled_back) record.read(batch, rows);
  }
  return std::move(rows.schedules);
}

/// What the header says that the change made of them. Foreign: the file may come from elsewhere.
std::map<Uuid, ScheduleValues> left_by(const backup::BackupFile& record) {
  std::map<Uuid, ScheduleValues> left;
  for (const Json& row : record.contents().header.left) {
    try {
      const auto id = Uuid::parse(row.at("id").get<std::string>());
      const auto next = parse_timestamp(row.at("next_run").get<std::string>());
      if (id && next) left[*id] = {row.at("paused").get<bool>(), *next, row.at("crontab").get<std::string>()};
    } catch (const Json::exception&) {
      // What it made of that one is not known: it is left alone.
    }
  }
  return left;
}

/// Once it goes by its crontab again, it runs: that does not mean that somebody has changed it.
bool runs_afterwards(ScheduleChange change) {
  return change == ScheduleChange::resume || change == ScheduleChange::crontab;
}

class UndoJudge {
 public:
  UndoJudge(ScheduleChange change, std::map<Uuid, ScheduleValues> left, Timestamp now)
      : change_(change), left_(std::move(left)), now_(now) {}

  ScheduleVerdict operator()(const Schedule& former, const std::vector<Schedule>& present) const {
    const auto found = std::ranges::find(present, former.id, &Schedule::id);
    if (found == present.end()) return {former, std::nullopt, "it is locked, or in the table no more"};
    const ScheduleValues now = values_of(*found);
    if (now == values_of(former)) return {former, std::nullopt, "it is as it was before"};
    const auto left = left_.find(former.id);
    if (left == left_.end() || now.paused != left->second.paused || now.crontab != left->second.crontab)
      return {former, std::nullopt, "somebody has changed it since"};
    if (now.next_run != left->second.next_run && !runs_afterwards(change_))
      return {former, std::nullopt, change_ == ScheduleChange::run ? "it has run" : "it goes by its crontab again"};
    return {former, as_it_was(former), ""};
  }

 private:
  /// A time that is over would let it run at once, and the scheduler count up from there.
  ScheduleValues as_it_was(const Schedule& former) const {
    ScheduleValues values = values_of(former);
    if (former.paused || values.next_run > now_) return values;
    values.next_run = regular_run_after(former, now_).value_or(values.next_run);
    return values;
  }

  ScheduleChange change_;
  std::map<Uuid, ScheduleValues> left_;
  Timestamp now_;
};

ScheduleChange known_change(const backup::BackupFile& record) {
  const std::string& name = record.contents().header.change;
  if (const auto change = schedule_change_named(name)) return *change;
  throw Error(ErrorCode::unsupported, "it records a change that this version does not know: " + name,
              "use a newer kubectl-akqueue");
}

std::vector<ScheduleVerdict> judge_all(backup::BackupFile& record, const std::vector<Schedule>& former,
                                       const std::vector<Schedule>& present, Timestamp now) {
  const UndoJudge judge(known_change(record), left_by(record), now);
  std::vector<ScheduleVerdict> verdicts;
  for (const Schedule& one : former) verdicts.push_back(judge(one, present));
  return verdicts;
}

void take_back_rows(const session::Database& database, backup::BackupFile& record, ScheduleUndo& undo) {
  const session::Catalog catalog = schedule_catalog(database.session);
  const session::Table& table = catalog.tables.front();
  const std::vector<Schedule> former = former_rows(record);
  std::vector<Uuid> ids;
  for (const Schedule& one : former) ids.push_back(one.id);
  session::Transaction transaction(database.session, kUndoingSchedules);
  undo.verdicts = judge_all(record, former, lock_schedules(database, table, ids), transaction.now());
  for (const ScheduleVerdict& one : undo.verdicts) {
    if (one.after) write_schedule(database, table, one.schedule.id, *one.after);
  }
  undo.in_doubt = undo.taken_back() > 0;
  transaction.commit();
  undo.in_doubt = false;
  undo.committed = true;
}

}  // namespace

std::int64_t ScheduleUndo::taken_back() const {
  return std::ranges::count_if(verdicts, [](const ScheduleVerdict& one) { return one.after.has_value(); });
}

ScheduleUndo judge_schedule_undo(const session::Database& database, backup::BackupFile& record) {
  ScheduleUndo undo;
  const std::vector<Schedule> former = former_rows(record);
  const session::Transaction transaction(database.session, kLookingAtSchedules);
  undo.verdicts = judge_all(record, former, read_schedules(database), transaction.now());
  return undo;
}

ScheduleUndo undo_schedules(const session::Database& database, backup::BackupFile& record) {
  ScheduleUndo undo;
  try {
    take_back_rows(database, record, undo);
  } catch (const Error& error) {
    if (!session::ends_session(error)) undo.in_doubt = false;
    undo.failure = error;
  }
  return undo;
}

}  // namespace akqueue::queue

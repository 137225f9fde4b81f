#include "queue/restore.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"

namespace akqueue {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr std::string_view kStaged = "akqueue_staged_";
constexpr std::string_view kChosen = "akqueue_chosen";
constexpr TransactionSettings kRestoring{.read_only = false, .statement_timeout_ms = 60'000, .lock_timeout_ms = 5'000};

std::string staged(std::size_t table) { return std::string(kStaged) + std::to_string(table); }

/// The target's table of that name; null for none. Its schema may be another than the backup's.
const Table* target_of(const Database& database, const Table& backed_up) {
  const auto found = std::ranges::find(database.catalog.tables, backed_up.name, &Table::name);
  return found == database.catalog.tables.end() ? nullptr : &*found;
}

/// The columns that both have.
std::vector<Column> common_columns(const Table& backed_up, const Table& target) {
  std::vector<Column> columns;
  for (const Column& column : target.columns) {
    if (backed_up.has(column.name)) columns.push_back(column);
  }
  return columns;
}

std::string list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void check_columns(const Table& backed_up, const Table& target, bool drop_columns) {
  std::vector<std::string> lacking;
  std::vector<std::string> needed;
  for (const Column& column : backed_up.columns) {
    if (!target.has(column.name)) lacking.push_back(column.name);
  }
  for (const Column& column : target.columns) {
    if (!column.nullable && !backed_up.has(column.name)) needed.push_back(column.name);
  }
  if (!lacking.empty() && !drop_columns) {
    throw Error(ErrorCode::unsupported, target.name + " has no column " + list(lacking) + ", which the backup has",
                "--drop-columns restores the rows without what is in it");
  }
  if (!needed.empty()) {
    throw Error(ErrorCode::unsupported, target.name + " needs a value in " + list(needed) + ", which the backup does not have",
                "restore it into the release of authentik that it came from");
  }
}

/// Values of `column` in `table`, of those that `wanted` names.
template <class Wanted>
void check_known(const Database& database, const char* table, const char* column, const Wanted& wanted, const char* what) {
  if (wanted.empty()) return;
  const Catalog catalog = database.session.introspect(table);
  if (catalog.tables.empty()) return;
  Wanted missing = wanted;
  database.session.query({std::string("SELECT k.") + column + " FROM " + catalog.tables.front().quoted() + " AS k"}, [&](const Value& row) {
    if constexpr (std::is_same_v<typename Wanted::value_type, std::string>) missing.erase(text(row.at(0)));
    else missing.erase(integer(row.at(0)));
  });
  if (missing.empty()) return;
  std::string first;
  if constexpr (std::is_same_v<typename Wanted::value_type, std::string>) first = *missing.begin();
  else first = std::to_string(*missing.begin());
  throw Error(ErrorCode::refused, "tasks of the backup belong to " + std::string(what) + " " + first + ", which this site does not have",
              "is this the site that the backup came from?");
}

class Restorer final : public BackupVisitor {
 public:
  Restorer(const Database& database, const BackupContents& contents, const RestoreOrders& orders)
      : database_(database), contents_(contents), orders_(orders), settled_(contents.batches) {
    for (const BackupBatch& batch : contents.batches) expected_ += batch.fate == BatchFate::rolled_back ? 0 : batch.tasks();
  }

  RestoreResult run() {
    const auto started = std::chrono::steady_clock::now();
    try {
      settle_fates();
      visit_backup(orders_.path, contents_, *this);
      if (!orders_.dry_run && has_other_tables()) {
        others_ = true;
        visit_backup(orders_.path, contents_, *this);
      }
    } catch (const Error& error) {
      transaction_.reset();
      result_.ending = error.code() == ErrorCode::interrupted ? Ending::interrupted : Ending::failed;
      result_.failure = error;
      if (ends_session(error)) result_.in_doubt = in_doubt_;
    }
    result_.took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started);
    return std::move(result_);
  }

  bool wants(const BackupBatch& batch) override {
    if (result_.ending == Ending::no_more_rows && orders_.stop()) result_.ending = Ending::interrupted;
    if (result_.ending != Ending::no_more_rows) return false;
    if (fate_of(batch) == BatchFate::rolled_back) return false;
    if (!others_) return batch.tasks() > 0;
    for (std::size_t table = 1; table < batch.rows.size(); ++table) {
      if (is_other(table) && batch.rows[table] > 0) return true;
    }
    return false;
  }

  void begin(const BackupBatch& batch) override {
    batch_started_ = std::chrono::steady_clock::now();
    transaction_.emplace(database_.session, kRestoring);
    for (std::size_t table = 0; table < batch.rows.size(); ++table) create_temporary(staged(table), "row text");
    create_temporary(std::string(kChosen), "message_id uuid");
    copying_.reset();
  }

  void row(std::size_t table, std::string_view json) override {
    if (is_other(table) != others_) return;
    if (copying_ != table) {
      end_copy();
      database_.session.begin_copy_in(staged(table));
      copying_ = table;
    }
    database_.session.copy_row(json);
  }

  void end(const BackupBatch& batch) override {
    end_copy();
    RestoreResult gained;
    const bool kept = others_ ? put_others(batch, gained) : put_tasks(batch, gained);
    if (kept && !orders_.dry_run) commit(total(gained.restored));
    transaction_.reset();
    add(gained);
    result_.longest = std::max(result_.longest, std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - batch_started_));
    ++result_.batches;
    orders_.progress({total(result_.restored) + result_.present, expected_, false});
  }

 private:
  void commit(std::int64_t tasks) {
    in_doubt_ = tasks;
    transaction_->commit();
    in_doubt_ = 0;
  }

  /// What a batch has brought counts once it is committed.
  void add(const RestoreResult& gained) {
    for (const auto& [key, count] : gained.restored) result_.restored[key] += count;
    result_.other_rows += gained.other_rows;
    result_.present += gained.present;
    result_.passed_over += gained.passed_over;
    result_.conflicting += gained.conflicting;
    result_.other_left += gained.other_left;
    result_.never_deleted += gained.never_deleted;
  }

  void create_temporary(const std::string& name, const std::string& columns) {
    for (const std::string& sql : database_.dialect.create_temporary(name, columns)) database_.session.execute({sql});
  }

  void end_copy() {
    if (copying_) database_.session.end_copy_in();
    copying_.reset();
  }

  const Table& backed_up(std::size_t table) const { return contents_.header.tables[table]; }
  /// Beside the task table and its log.
  bool is_other(std::size_t table) const { return table > 0 && backed_up(table).name != kTaskLogTable; }

  bool has_other_tables() const {
    for (std::size_t table = 1; table < contents_.header.tables.size(); ++table) {
      if (is_other(table)) return true;
    }
    return false;
  }

  BatchFate fate_of(const BackupBatch& batch) const {
    return std::ranges::find(settled_, batch.number, &BackupBatch::number)->fate;
  }

  /// Asks the database what became of the batches whose COMMIT was never answered.
  void settle_fates() {
    for (BackupBatch& batch : settled_) {
      if (batch.fate != BatchFate::uncertain || batch.transaction.empty()) continue;
      Statement statement;
      statement.sql = database_.dialect.fate_of_transaction(statement, batch.transaction);
      if (statement.sql.empty()) continue;
      std::string fate;
      try {
        const Transaction transaction(database_.session, {.read_only = true});
        database_.session.query(statement, [&](const Value& row) { fate = text(row.at(0)); });
      } catch (const Error& error) {
        // Another database than the one that the backup came from may never have had such a transaction.
        if (error.code() != ErrorCode::sql) throw;
      }
      if (fate == "in progress") {
        throw Error(ErrorCode::refused, "the deletion of this backup's last batch is still going on in the database", "wait a minute, then try again");
      }
      if (fate == "committed") batch.fate = BatchFate::committed;
      if (fate == "aborted") aborted_ = batch.number;
    }
  }

  std::int64_t count(const Statement& statement) {
    std::int64_t number = 0;
    database_.session.query(statement, [&](const Value& row) { number = integer(row.at(0)); });
    return number;
  }

  /// The rows of a staged table as rows of the target, in FROM as `r`.
  std::string rows_of(std::size_t table, const Table& target) const {
    return database_.dialect.unpacked(target, common_columns(backed_up(table), target), staged(table), "r");
  }

  std::int64_t insert(std::size_t table, const Table& target, const std::string& condition) {
    Statement statement;
    std::string columns;
    std::string values;
    for (const Column& column : common_columns(backed_up(table), target)) {
      const std::string name = quote_identifier(column.name);
      const bool changed = orders_.as_rejected && table == 0 && column.name == "state";
      columns += (columns.empty() ? "" : ", ") + name;
      values += (values.empty() ? "" : ", ") + (changed ? as_rejected(statement) : "r." + name);
    }
    statement.sql = "INSERT INTO " + target.quoted() + " (" + columns + ") SELECT " + values + " FROM " + rows_of(table, target) + " WHERE " + condition +
                    " ON CONFLICT DO NOTHING";
    return database_.session.execute(statement);
  }

  static std::string as_rejected(Statement& statement) {
    const std::string rejected = statement.bind(task_state::kRejected);
    return "CASE WHEN " + any_of(statement, "r", "state", {task_state::kFinished.begin(), task_state::kFinished.end()}) + " THEN r.\"state\" ELSE " + rejected + " END";
  }

  std::string is_chosen(const std::string& column) const { return column + " IN (SELECT c.message_id FROM " + std::string(kChosen) + " AS c)"; }

  bool put_tasks(const BackupBatch& batch, RestoreResult& gained) {
    const Table& task = database_.task();
    const std::string there = " EXISTS (SELECT 1 FROM " + task.quoted() + " AS t WHERE t.message_id = r.message_id)";
    const std::int64_t present = count({"SELECT count(*) FROM " + rows_of(0, task) + " WHERE" + there});
    // A deletion is committed as a whole: where one of its tasks is still there, none was deleted by it. But where a part of
    // this backup has been brought back, what is there may be that part, and what is missing must come back as well. Where
    // none is there they come back even though the database says that the deletion was aborted: it may be another database
    // that counts its transactions with the same numbers.
    const bool aborted = aborted_ == batch.number;
    const bool was_there_all_along = present > 0 && (aborted || !orders_.partly_restored || present == batch.tasks());
    if (fate_of(batch) == BatchFate::uncertain && was_there_all_along) {
      gained.never_deleted = batch.tasks();
      return false;
    }
    Statement choose;
    const std::string condition = orders_.selection.where_now(choose, database_, "r");
    choose.sql = "INSERT INTO " + std::string(kChosen) + " (message_id) SELECT r.message_id FROM " + rows_of(0, task) + " WHERE " + condition + " AND NOT" + there;
    const std::int64_t chosen = database_.session.execute(choose);
    std::int64_t logs = 0;
    for (std::size_t table = 1; table < batch.rows.size(); ++table) {
      const Table* target = is_other(table) ? nullptr : target_of(database_, backed_up(table));
      if (target != nullptr) logs += insert(table, *target, is_chosen("r.task_id"));
    }
    const std::int64_t inserted = insert(0, task, is_chosen("r.message_id"));
    if (inserted < chosen) logs -= remove_stray_logs();
    gained.restored = tally();
    gained.present = present;
    gained.passed_over = batch.tasks() - present - chosen;
    gained.conflicting = chosen - inserted;
    gained.other_rows = logs;
    return true;
  }

  /// Of tasks that a unique index did not let in.
  std::int64_t remove_stray_logs() {
    const Table* log = database_.referencing(kTaskLogTable);
    if (log == nullptr) return 0;
    return database_.session.execute({"DELETE FROM " + log->quoted() + " AS l WHERE " + is_chosen("l.task_id") + " AND NOT EXISTS (SELECT 1 FROM " +
                                      database_.task().quoted() + " AS t WHERE t.message_id = l.task_id)"});
  }

  Tally tally() {
    Tally counts;
    database_.session.query({"SELECT t.state, t.actor_name, count(*) FROM " + database_.task().quoted() + " AS t WHERE " + is_chosen("t.message_id") +
                             " GROUP BY t.state, t.actor_name"},
                            [&](const Value& row) { counts[{text(row.at(0)), text(row.at(1))}] += integer(row.at(2)); });
    return counts;
  }

  /// Rows whose tasks are all there now, whichever batches brought them.
  bool put_others(const BackupBatch& batch, RestoreResult& gained) {
    for (std::size_t table = 1; table < batch.rows.size(); ++table) {
      const Table* target = is_other(table) ? target_of(database_, backed_up(table)) : nullptr;
      if (target == nullptr || batch.rows[table] == 0) continue;
      std::string condition = "1 = 1";
      for (const Reference& reference : database_.catalog.references) {
        if (reference.table != target->name || reference.schema != target->schema) continue;
        condition += " AND EXISTS (SELECT 1 FROM " + database_.task().quoted() + " AS t WHERE t.message_id = r." + quote_identifier(reference.columns.front()) + ")";
      }
      const std::int64_t inserted = insert(table, *target, condition);
      gained.other_rows += inserted;
      gained.other_left += batch.rows[table] - inserted;
    }
    return true;
  }

  const Database& database_;
  const BackupContents& contents_;
  const RestoreOrders& orders_;
  std::vector<BackupBatch> settled_;
  std::optional<Transaction> transaction_;
  std::optional<std::size_t> copying_;
  std::chrono::steady_clock::time_point batch_started_;
  bool others_ = false;
  std::int64_t aborted_ = 0;  ///< the number of the batch whose deletion was aborted, as the database says
  std::int64_t in_doubt_ = 0;
  std::int64_t expected_ = 0;
  RestoreResult result_;
};

}  // namespace

void check_target(const Database& database, const BackupContents& contents, bool drop_columns) {
  for (const Table& table : contents.header.tables) {
    const Table* target = target_of(database, table);
    if (target == nullptr) {
      throw Error(ErrorCode::unsupported, "the backup has rows of " + table.name + ", and this site has no such table",
                  "restore it into the release of authentik that it came from");
    }
    check_columns(table, *target, drop_columns);
  }
  if (database.task().has("tenant_id")) check_known(database, "authentik_tenants_tenant", "tenant_uuid", contents.tenants, "the tenant");
  check_known(database, "django_content_type", "id", contents.content_types, "the content type");
}

RestoreResult restore(const Database& database, const BackupContents& contents, const RestoreOrders& orders) {
  return Restorer(database, contents, orders).run();
}

}  // namespace akqueue

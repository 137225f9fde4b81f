#include "queue/change/export.hpp"

#include <algorithm>
#include <span>

#include "backup/format.hpp"

namespace akqueue::queue {
namespace {

constexpr std::int64_t kStretches = 8;
/// One seal for so many is cheap, and a file that is cut off loses no more than this.
constexpr std::size_t kTasksAtOnce = 2000;

class Exporter {
 public:
  Exporter(const session::Database& database, const ExportOrders& orders, backup::BackupSink& sink)
      : database_(database), orders_(orders), sink_(sink), first_(rows_to_delete_first(database.catalog)) {}

  ExportResult run() {
    for (const Selection& piece : orders_.selection.pieces()) {
      if (!piece.filter.ids.empty()) {
        stretch(piece, [](session::Statement&) { return std::string("1 = 1"); });
      } else {
        walk(piece);
      }
    }
    return result_;
  }

 private:
  void walk(const Selection& piece) {
    std::int64_t end = 0;
    database_.session.query({database_.dialect.extent(database_.task())},
                            [&](const session::Value& row) { end = session::integer(row.at(0)); });
    const std::int64_t step = database_.dialect.first_step() * kStretches;
    for (std::int64_t at = 0; at < end; at += step) {
      stretch(piece,
              [&](session::Statement& statement) { return database_.dialect.in_range(statement, "t", at, at + step); });
    }
    // What has no range is one stretch.
    if (end == 0) stretch(piece, [](session::Statement&) { return std::string("1 = 1"); });
  }

  void stretch(const Selection& piece, const std::function<std::string(session::Statement&)>& condition) {
    const std::vector<Uuid> ids = tasks_in(piece, condition);
    for (std::size_t at = 0; at < ids.size(); at += kTasksAtOnce) {
      if (result_.ending == Ending::complete && orders_.stop()) result_.ending = Ending::interrupted;
      if (result_.ending != Ending::complete) return;
      keep(std::span(ids).subspan(at, std::min(kTasksAtOnce, ids.size() - at)));
    }
  }

  std::vector<Uuid> tasks_in(const Selection& piece, const std::function<std::string(session::Statement&)>& condition) {
    session::Statement statement;
    const std::string where = condition(statement) + " AND " + piece.where(statement, database_, "t");
    statement.sql = "SELECT t.message_id FROM " + database_.task().quoted() + " AS t WHERE " + where;
    std::vector<Uuid> ids;
    database_.session.query(statement, [&](const session::Value& row) {
      if (const auto id = Uuid::parse(session::text(row.at(0)))) ids.push_back(*id);
    });
    return ids;
  }

  void keep(std::span<const Uuid> ids) {
    backup::OtherRows others;
    for (const ReferencingRows& rows : first_) others.add(rows.table->name, rows_of(*rows.table, rows.column, ids));
    const std::int64_t tasks = rows_of(database_.task(), "message_id", ids);
    sink_.seal({}, tasks + others.total());
    sink_.ended(true, true);
    result_.tasks += tasks;
    result_.other_rows += others;
    orders_.progress({result_.tasks, orders_.expected, false});
  }

  /// Rows of `table` whose `column` is one of the tasks.
  std::int64_t rows_of(const session::Table& table, const std::string& column, std::span<const Uuid> ids) {
    const backup::KeptTable shape = backup::kept(table, database_.dialect);
    backup::TableSink sink(sink_, table);
    return database_.session.copy_out("SELECT " + backup::kept_values(shape, database_.dialect, "r") + " FROM " +
                                          table.quoted() + " AS r WHERE " +
                                          database_.dialect.is_one_of("r." + session::quote_identifier(column), ids),
                                      sink);
  }

  const session::Database& database_;
  const ExportOrders& orders_;
  backup::BackupSink& sink_;
  std::vector<ReferencingRows> first_;
  ExportResult result_;
};

}  // namespace

ExportResult export_tasks(const session::Database& database, const ExportOrders& orders, backup::BackupSink& sink) {
  return Exporter(database, orders, sink).run();
}

}  // namespace akqueue::queue

#include "queue/export.hpp"

namespace akqueue {
namespace {

/// Rows that one stretch may hold: a seal for each is cheap, and a cut file loses no more than this.
constexpr std::int64_t kStretches = 8;

class Exporter {
 public:
  Exporter(const Database& database, const ExportOrders& orders, DeletedRows& sink)
      : database_(database), orders_(orders), sink_(sink), first_(rows_to_delete_first(database.catalog)) {}

  ExportResult run() {
    for (const Selection& piece : orders_.selection.pieces()) {
      if (!piece.filter.ids.empty()) {
        stretch(piece, [](Statement&) { return std::string("1 = 1"); });
      } else {
        walk(piece);
      }
    }
    return result_;
  }

 private:
  void walk(const Selection& piece) {
    std::int64_t end = 0;
    database_.session.query({database_.dialect.extent(database_.task())}, [&](const Value& row) { end = integer(row.at(0)); });
    const std::int64_t step = database_.dialect.first_step() * kStretches;
    for (std::int64_t at = 0; at < end; at += step) {
      stretch(piece, [&](Statement& statement) { return database_.dialect.in_range(statement, "t", at, at + step); });
    }
    // What has no range is one stretch.
    if (end == 0) stretch(piece, [](Statement&) { return std::string("1 = 1"); });
  }

  void stretch(const Selection& piece, const std::function<std::string(Statement&)>& condition) {
    if (result_.ending == Ending::no_more_rows && orders_.stop()) result_.ending = Ending::interrupted;
    if (result_.ending != Ending::no_more_rows) return;
    std::int64_t others = 0;
    for (const ReferencingRows& rows : first_) others += referencing(rows, piece, condition);
    const std::int64_t tasks = rows_of(database_.task(), "t", piece, condition, "");
    if (tasks + others == 0) return;
    sink_.seal({});
    sink_.ended(true, true);
    result_.tasks += tasks;
    result_.other_rows += others;
    orders_.progress({result_.tasks, orders_.expected, false});
  }

  std::int64_t referencing(const ReferencingRows& rows, const Selection& piece, const std::function<std::string(Statement&)>& condition) {
    return rows_of(*rows.table, "r", piece, condition, "r." + quote_identifier(rows.column));
  }

  /// Rows of `table`: those whose `column` is among the stretch's tasks, or the tasks themselves where it is empty.
  std::int64_t rows_of(const Table& table, const std::string& alias, const Selection& piece, const std::function<std::string(Statement&)>& condition,
                       const std::string& column) {
    Statement statement;
    const std::string where = condition(statement) + " AND " + piece.where(statement, database_, "t");
    std::string from = database_.task().quoted() + " AS t WHERE " + where;
    if (!column.empty()) {
      from = table.quoted() + " AS r WHERE " + database_.dialect.among(column, "SELECT t.message_id FROM " + from);
    }
    statement.sql = "SELECT CAST(" + database_.dialect.row_json(table, alias) + " AS text) FROM " + from;
    std::int64_t count = 0;
    database_.session.query(statement, [&](const Value& row) {
      ++count;
      sink_.row(table, text(row.at(0)));
    });
    return count;
  }

  const Database& database_;
  const ExportOrders& orders_;
  DeletedRows& sink_;
  std::vector<ReferencingRows> first_;
  ExportResult result_;
};

}  // namespace

ExportResult export_tasks(const Database& database, const ExportOrders& orders, DeletedRows& sink) { return Exporter(database, orders, sink).run(); }

}  // namespace akqueue

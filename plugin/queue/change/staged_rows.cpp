#include "queue/change/staged_rows.hpp"

#include <algorithm>

#include "akqueue/tuple.hpp"
#include "akqueue/words.hpp"
#include "backup/rows.hpp"
#include "queue/change/restore_target.hpp"

namespace akqueue::queue {
namespace {

std::string staged_name(std::size_t table) { return "akqueue_staged_" + std::to_string(table); }
std::string staged_place(std::size_t column) { return "c" + std::to_string(column); }

bool has_binary(const backup::KeptTable& table) {
  return std::ranges::any_of(
      table.columns, [](const backup::KeptColumn& column) { return column.form == backup::ColumnForm::binary; });
}

}  // namespace

void create_temporary_table(const session::Database& database, std::string_view name, const std::string& columns) {
  std::vector<session::Request> together;
  for (const std::string& sql : database.dialect.create_temporary(name, columns))
    together.push_back(session::execute_request({sql}));
  database.session.send(std::move(together));
}

void StagedRows::create() {
  for (std::size_t table = 0; table < header_.tables.size(); ++table) {
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < header_.tables[table].columns.size(); ++i)
      columns.push_back(staged_place(i) + " " + database_.dialect.staged_type(header_.tables[table].columns[i].binary));
    create_temporary_table(database_, staged_name(table), of_json() ? "row text" : joined(columns));
  }
}

void StagedRows::stage(std::size_t table) {
  if (copying_ == table) return;
  end_copy();
  database_.session.begin_copy_in(staged_name(table));
  copying_ = table;
}

void StagedRows::rows(std::size_t table, std::string_view tuples) {
  stage(table);
  const backup::KeptTable& backed_up = header_.tables[table];
  if (database_.dialect.has_binary_form() || !has_binary(backed_up)) return database_.session.copy_rows(tuples);
  backup::check_rows(backed_up, tuples,
                     [&](const TupleReader& row) { database_.session.copy_rows(backup::row_as_text(backed_up, row)); });
}

void StagedRows::json_row(std::size_t table, std::string_view json) {
  stage(table);
  tuple_.clear();
  begin_tuple(tuple_, 1);
  append_field(tuple_, json);
  database_.session.copy_rows(tuple_);
}

void StagedRows::end_copy() {
  if (!copying_) return;
  std::int64_t& count = counts_[*copying_];
  database_.session.end_copy_in([&count](std::int64_t rows) { count += rows; });
  copying_.reset();
}

void StagedRows::finish() {
  end_copy();
  database_.session.await(database_.session.awaited());
}

const session::Table* StagedRows::target(std::size_t table) const {
  return target_of(database_, header_, header_.tables[table]);
}

std::string StagedRows::rows_of(std::size_t table) const {
  const backup::KeptTable& backed_up = header_.tables[table];
  const session::Table& into = *target(table);
  const std::vector<session::Column> columns = common_columns(backed_up, into);
  if (of_json()) return database_.dialect.unpacked(into, columns, staged_name(table), "r");
  std::vector<std::string> list;
  for (const session::Column& column : columns) {
    const backup::KeptColumn& kept = *backed_up.find(column.name);
    const std::string value = "s." + staged_place(static_cast<std::size_t>(&kept - backed_up.columns.data()));
    const std::string converted = kept.type == column.type ? value : "CAST(" + value + " AS " + column.type + ")";
    list.push_back(
        (kept.form == backup::ColumnForm::binary ? converted : database_.dialect.from_text(column.type, value)) +
        " AS " + session::quote_identifier(column.name));
  }
  return "(SELECT " + joined(list) + " FROM " + staged_name(table) + " AS s) AS r";
}

}  // namespace akqueue::queue

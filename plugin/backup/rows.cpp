#include "backup/rows.hpp"

#include <algorithm>

#include "akqueue/error.hpp"
#include "akqueue/json.hpp"
#include "backup/value.hpp"

namespace akqueue::backup {
namespace {

std::string value_text(const KeptColumn& column, std::string_view bytes) {
  return column.form == ColumnForm::binary ? text_of_value(*column.binary, bytes) : std::string(bytes);
}

/// What is wrong with a value; empty if nothing is.
std::string fault_in(const KeptColumn& column, const Field& value) {
  if (!value) return column.nullable ? "" : "it is NULL";
  if (column.form == ColumnForm::binary) return fault_of(*column.binary, *value);
  return is_text(*value) ? "" : "it is not UTF-8 text";
}

[[noreturn]] void refuse(const KeptTable& table, const std::vector<Field>& fields, const std::string& why) {
  throw Error(ErrorCode::damaged, "a row can't be kept: " + name_of_row(table, fields) + ": " + why);
}

std::size_t place_of(const KeptTable& table, std::string_view column) {
  return static_cast<std::size_t>(std::ranges::find(table.columns, column, &KeptColumn::name) - table.columns.begin());
}

}  // namespace

std::int64_t check_rows(const KeptTable& table, std::string_view tuples, const OnTuple& on_row) {
  std::int64_t rows = 0;
  TupleReader reader(tuples);
  for (; reader.next(); ++rows) {
    const auto& fields = reader.fields();
    if (fields.size() != table.columns.size()) {
      refuse(table, fields,
             "it has " + std::to_string(fields.size()) + " values, but the table has " +
                 std::to_string(table.columns.size()) + " columns");
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::string fault = fault_in(table.columns[i], fields[i]);
      if (!fault.empty())
        refuse(table, fields, "column " + table.columns[i].name + " (" + table.columns[i].type + "): " + fault);
    }
    on_row(reader);
  }
  return rows;
}

std::string text_in(const KeptTable& table, const TupleReader& row, std::string_view column) {
  const std::size_t place = place_of(table, column);
  if (place == table.columns.size() || !row.fields()[place]) return {};
  return value_text(table.columns[place], *row.fields()[place]);
}

std::string name_of_row(const KeptTable& table, const std::vector<Field>& fields) {
  constexpr std::size_t kShown = 100;
  std::string name = table.name;
  for (const std::string& column : table.primary_key) {
    const std::size_t place = place_of(table, column);
    if (place >= fields.size() || place == table.columns.size() || !fields[place]) continue;
    const KeptColumn& kept = table.columns[place];
    if (fault_in(kept, fields[place]).empty()) name += " " + value_text(kept, *fields[place]).substr(0, kShown);
  }
  return name;
}

std::string json_of_row(const KeptTable& table, const TupleReader& row) {
  std::string json = "{";
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const KeptColumn& column = table.columns[i];
    json += (i == 0 ? "" : ",") + ForeignJson(column.name).dump() + ":";
    const Field& value = row.fields()[i];
    if (!value) json += "null";
    else if (column.form == ColumnForm::binary) append_json_of_binary(json, *column.binary, *value);
    else append_json_of_text(json, column.type, *value);
  }
  return json + "}";
}

std::string row_as_text(const KeptTable& table, const TupleReader& row) {
  std::string tuple;
  begin_tuple(tuple, table.columns.size());
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Field& value = row.fields()[i];
    const std::string text = value ? value_text(table.columns[i], *value) : std::string();
    append_field(tuple, value ? Field(text) : std::nullopt);
  }
  return tuple;
}

}  // namespace akqueue::backup

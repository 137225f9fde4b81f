// The rows of one table of a backup, taken apart and checked: a restoration will take what passes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "akqueue/tuple.hpp"
#include "backup/format.hpp"

namespace akqueue::backup {

/// Goes through whole rows of `table` (akqueue/tuple.hpp) and gives each, in order. Throws Error (damaged) that names
/// the row by its key, and says what is wrong with it: too few values, bytes that are not a value of their column's
/// type, NULL if it is not allowed. Returns how many there were.
using OnTuple = std::function<void(const TupleReader& row)>;
std::int64_t check_rows(const KeptTable& table, std::string_view tuples, const OnTuple& on_row);

/// The value of a column as text; empty for NULL and for a column that the table does not have.
std::string text_in(const KeptTable& table, const TupleReader& row, std::string_view column);

/// `authentik_tasks_task 11111111-…`: the table and the row's key, as far as the row can be read.
std::string name_of_row(const KeptTable& table, const std::vector<Field>& fields);

/// The row as row_to_json() writes it.
std::string json_of_row(const KeptTable& table, const TupleReader& row);

/// The same row with every value in the text form.
std::string row_as_text(const KeptTable& table, const TupleReader& row);

}  // namespace akqueue::backup

#include "queue/filter/task_condition.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "akqueue/error.hpp"

namespace akqueue::queue {

std::span<const TaskCondition> task_conditions() {
  static const std::array rows{
      queue_condition(),  state_condition(),        actor_condition(),       uid_condition(),
      object_condition(), tenant_condition(),       older_than_condition(),  newer_than_condition(),
      log_condition(),    log_level_condition(),    held_condition(),        orphaned_condition(),
      holder_condition(), expired_condition(),      keep_newest_condition(), duplicates_condition(),
      limit_condition(),  unsuccessful_condition(), ids_condition(),
  };
  return rows;
}

std::vector<Option> choosing_options(std::initializer_list<std::string_view> without) {
  std::vector<Option> options;
  for (const TaskCondition& row : task_conditions()) {
    const bool wanted = std::ranges::find(without, row.option.name) == without.end();
    if (row.option.name.empty() || !wanted) continue;
    options.push_back(row.option);
    options.back().common = true;
  }
  return options;
}

const Option& condition_option(std::string_view name) {
  return std::ranges::find(task_conditions(), name, [](const TaskCondition& row) { return row.option.name; })->option;
}

std::string SqlScope::column(std::string_view name) const {
  return std::string(alias) + "." + session::quote_identifier(name);
}

std::string SqlScope::is_one_of(const std::vector<Uuid>& ids) const {
  const session::Dialect& dialect = database.dialect;
  const std::string id = column("message_id");
  const std::string listed = dialect.listed(statement, ids);
  return row == Row::searched ? dialect.among(id, listed) : dialect.among_once_found(id, listed);
}

std::string SqlScope::before(std::int64_t seconds) const {
  return statement.bind(format_timestamp(selection.as_of - seconds * kSecond));
}

void SqlScope::require(std::string_view name, std::string_view option) const {
  const session::Table& task = database.task();
  if (task.has(name)) return;
  throw Error(ErrorCode::unsupported,
              std::string(option) + " needs the column " + std::string(name) + ", which " + task.name +
                  " does not have in this release of authentik",
              "kubectl akqueue schema shows its columns");
}

bool is_among(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

void only_a_site_knows(std::string_view option, std::string_view why, std::string_view hint) {
  throw Error(ErrorCode::usage, std::string(option) + " can't choose among the rows of a backup: " + std::string(why),
              std::string(hint));
}

}  // namespace akqueue::queue

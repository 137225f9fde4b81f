#include "commands/shared/other_rows_text.hpp"

#include "akqueue/words.hpp"

namespace akqueue::commands {

std::string tasks_and_rows(std::int64_t tasks, const backup::OtherRows& rows) {
  std::vector<std::string> words{count_of(tasks, "task", "tasks"), count_of(rows.logs, "log row", "log rows")};
  if (rows.dependencies > 0) words.push_back(count_of(rows.dependencies, "dependency", "dependencies"));
  if (rows.others > 0) words.push_back(count_of(rows.others, "row of other tables", "rows of other tables"));
  return listed_words(words, "and");
}

}  // namespace akqueue::commands

// Tasks as JSON: one is a document of kind `task`, several are one of kind `task-list` with the same for each.
#pragma once

#include "commands/look/shown_task.hpp"
#include "commands/shared/output.hpp"
#include "commands/shared/site.hpp"

namespace akqueue::commands {

/// One task with its log, which streams unless it is to be one line. In a transaction.
void print_document(ui::Terminal& terminal, const OutputFormat& output, const Site& site, const Shown& shown);

/// Several, one after another, each with its log. In a transaction.
class TaskListDocument {
 public:
  TaskListDocument(ui::Terminal& terminal, const OutputFormat& output, const Site& site, Timestamp now);
  void add(const Shown& shown);
  void finish();

 private:
  const Site& site_;
  RowsDocument stream_;
};

}  // namespace akqueue::commands

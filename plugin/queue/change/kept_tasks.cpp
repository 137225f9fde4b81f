#include "queue/change/kept_tasks.hpp"

#include <algorithm>

#include "backup/value.hpp"
#include "queue/task/message_retries.hpp"

namespace akqueue::queue {
namespace {

std::size_t place_in(const backup::KeptTable& table, const backup::KeptColumn* column) {
  return column == nullptr ? table.columns.size() : static_cast<std::size_t>(column - table.columns.data());
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// From the text form, `\x0123…`; as it is where it has another form.
std::string bytes_of_text(std::string_view text) {
  if (!text.starts_with("\\x")) return std::string(text);
  std::string bytes;
  for (std::size_t at = 2; at + 1 < text.size(); at += 2) {
    const int high = hex_digit(text[at]);
    const int low = hex_digit(text[at + 1]);
    if (high < 0 || low < 0) return {};
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

}  // namespace

MessageRetries::MessageRetries(const backup::KeptTable& table)
    : message_(table.find("message")),
      id_(table.find("message_id")),
      message_at_(place_in(table, message_)),
      id_at_(place_in(table, id_)) {}

std::optional<std::string> MessageRetries::message(const std::vector<Field>& row) const {
  if (message_at_ >= row.size() || !row[message_at_]) return std::nullopt;
  const std::string_view value = *row[message_at_];
  return message_->form == backup::ColumnForm::binary ? std::string(value) : bytes_of_text(value);
}

std::optional<std::int64_t> MessageRetries::in(const std::vector<Field>& row) const {
  const auto bytes = message(row);
  return bytes ? retries_in_message(*bytes) : std::nullopt;
}

std::optional<Uuid> MessageRetries::id(const std::vector<Field>& row) const {
  if (id_at_ >= row.size() || !row[id_at_]) return std::nullopt;
  const std::string_view value = *row[id_at_];
  return Uuid::parse(id_->form == backup::ColumnForm::binary ? backup::text_of_value(*id_->binary, value)
                                                             : std::string(value));
}

KeptTasks::KeptTasks(backup::BackupSink& record, const session::Table& task, const backup::KeptTable& table,
                     bool reads_messages)
    : record_(record), task_(task), retries_(table), reads_messages_(reads_messages) {}

void KeptTasks::rows(std::string_view tuples) {
  TupleReader reader(tuples);
  const char* begin = tuples.data();  // of the rows that are kept and not passed on yet
  const char* end = begin;
  const auto pass_on = [&] {
    if (begin != end) record_.rows(task_, {begin, static_cast<std::size_t>(end - begin)});
  };
  while (reader.next()) {
    const char* const next = reader.bytes().data() + reader.bytes().size();
    const auto id = retries_.id(reader.fields());
    const auto retries = reads_messages_ ? retries_.in(reader.fields()) : std::optional<std::int64_t>(0);
    if (id && retries) {
      ids_.push_back(*id);
      by_retries_[*retries].push_back(*id);
      bytes_ += static_cast<std::int64_t>(reader.bytes().size());
      end = next;
      continue;
    }
    if (id) unreadable_.push_back(*id);
    pass_on();
    begin = end = next;
  }
  pass_on();
}

}  // namespace akqueue::queue

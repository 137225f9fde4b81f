// Rows of tasks on their way to the record of a change: what is in their messages decides what becomes of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/tuple.hpp"
#include "akqueue/uuid.hpp"
#include "backup/format.hpp"
#include "backup/sink.hpp"

namespace akqueue::queue {

/// How often each task of some rows was tried again, by its message. Nothing for one whose message can't be read.
/// `table` is the task table as the rows have it.
class MessageRetries {
 public:
  explicit MessageRetries(const backup::KeptTable& table);
  std::optional<std::int64_t> in(const std::vector<Field>& row) const;
  std::optional<Uuid> id(const std::vector<Field>& row) const;
  /// Its bytes; nothing for NULL.
  std::optional<std::string> message(const std::vector<Field>& row) const;

 private:
  const backup::KeptColumn* message_;
  const backup::KeptColumn* id_;
  std::size_t message_at_ = 0;
  std::size_t id_at_ = 0;
};

class KeptTasks final : public session::RowSink {
 public:
  /// `reads_messages`: what can't be read is not kept; otherwise all are kept, with 0 retries.
  KeptTasks(backup::BackupSink& record, const session::Table& task, const backup::KeptTable& table,
            bool reads_messages);
  void rows(std::string_view tuples) override;

  /// Of the tasks that were kept.
  const std::vector<Uuid>& ids() const { return ids_; }
  const std::map<std::int64_t, std::vector<Uuid>>& by_retries() const { return by_retries_; }
  const std::vector<Uuid>& unreadable() const { return unreadable_; }
  std::int64_t bytes() const { return bytes_; }

 private:
  backup::BackupSink& record_;
  const session::Table& task_;
  MessageRetries retries_;
  bool reads_messages_;
  std::vector<Uuid> ids_;
  std::map<std::int64_t, std::vector<Uuid>> by_retries_;
  std::vector<Uuid> unreadable_;
  std::int64_t bytes_ = 0;
};

}  // namespace akqueue::queue

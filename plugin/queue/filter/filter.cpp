#include "queue/filter/filter.hpp"

#include "akqueue/time.hpp"

namespace akqueue {
namespace {

std::string list(const std::vector<std::string>& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " " + std::string(last) + " " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace

bool TaskFilter::selects_everything() const {
  return actors.empty() && uids.empty() && objects.empty() && tenants.empty() && ids.empty() && !older_than_s &&
         !newer_than_s && log_text.empty() && !expired && !hide_successful && !keep_newest && !limit;
}

std::string in_words(const TaskFilter& filter) {
  std::string words = filter.states.empty() ? "tasks" : list(filter.states, "and") + " tasks";
  if (!filter.ids.empty()) {
    const auto count = filter.ids.size();
    words = (filter.states.empty() ? "" : list(filter.states, "or") + " ") +
            (count == 1 ? "task " + filter.ids.front().to_string() : std::to_string(count) + " tasks given by id");
  }
  if (filter.expired) words = "expired " + words;
  if (filter.hide_successful) words = "unsuccessful " + words;
  if (!filter.actors.empty()) words += " of " + list(filter.actors, "and");
  if (!filter.uids.empty()) words += " with uid " + list(filter.uids, "or");
  std::vector<std::string> objects;
  for (const RelatedObjects& object : filter.objects) objects.push_back(object.written);
  if (!objects.empty()) words += " about " + list(objects, "or");
  if (!filter.queues.empty()) words += " in queue " + list(filter.queues, "or");
  if (!filter.tenants.empty()) words += " of tenant " + list(filter.tenants, "or");
  if (!filter.log_text.empty()) words += ", with '" + filter.log_text + "' in the log";
  if (filter.older_than_s) words += ", older than " + format_duration(*filter.older_than_s);
  if (filter.newer_than_s) words += ", newer than " + format_duration(*filter.newer_than_s);
  if (filter.keep_newest)
    words += ", without the newest " + (*filter.keep_newest == 1 ? "" : std::to_string(*filter.keep_newest) + " ") +
             "of each actor and object";
  if (filter.limit) words += ", only the oldest " + std::to_string(*filter.limit);
  return words;
}

}  // namespace akqueue

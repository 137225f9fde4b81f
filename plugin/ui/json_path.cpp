#include "ui/json_path.hpp"

#include <algorithm>

namespace akqueue::ui {
namespace {

using Found = std::vector<const Json*>;

void add_members(const Json& value, const std::vector<std::string>& names, Found& found) {
  if (!value.is_object()) return;
  for (const std::string& name : names) {
    const auto member = value.find(name);
    if (member != value.end()) found.push_back(&*member);
  }
}

/// From the end where it is negative.
long long place_of(long long index, long long size) { return index < 0 ? index + size : index; }

void add_elements(const Json& value, const std::vector<long long>& indexes, Found& found) {
  if (!value.is_array()) return;
  const auto size = static_cast<long long>(value.size());
  for (const long long index : indexes) {
    const long long place = place_of(index, size);
    if (place >= 0 && place < size) found.push_back(&value[static_cast<std::size_t>(place)]);
  }
}

void add_slice(const Json& value, const JsonPath::Slice& slice, Found& found) {
  if (!value.is_array()) return;
  const auto size = static_cast<long long>(value.size());
  const long long from = std::max(0LL, place_of(slice.from.value_or(0), size));
  const long long to = std::min(size, place_of(slice.to.value_or(size), size));
  for (long long place = from; place < to;) {
    found.push_back(&value[static_cast<std::size_t>(place)]);
    if (slice.step >= to - place) break;
    place += slice.step;
  }
}

void add_every(const Json& value, Found& found) {
  if (!value.is_structured()) return;
  for (const Json& one : value) found.push_back(&one);
}

/// Itself too. Not by recursion: a document of others may be deep.
void add_descendants(const Json& value, Found& found) {
  Found waiting{&value};
  while (!waiting.empty()) {
    const Json* const one = waiting.back();
    waiting.pop_back();
    found.push_back(one);
    Found inside;
    add_every(*one, inside);
    waiting.insert(waiting.end(), inside.rbegin(), inside.rend());
  }
}

bool is_so(const Json& left, const std::string& sign, const Json& right) {
  if (sign == "==") return left == right;
  if (sign == "!=") return left != right;
  const bool comparable = (left.is_number() && right.is_number()) || (left.is_string() && right.is_string());
  if (!comparable) return false;
  if (sign == "<") return left < right;
  if (sign == "<=") return left <= right;
  return sign == ">" ? right < left : right <= left;
}

Found values_of(const JsonPath::Operand& operand, const Json& root, const Json& now) {
  return operand.path == nullptr ? Found{&operand.literal} : operand.path->find(root, now);
}

/// As kubectl does: the first value of each side counts.
bool passes(const JsonPath::Filter& filter, const Json& root, const Json& now) {
  const Found left = values_of(filter.left, root, now);
  if (filter.sign.empty()) return !left.empty();
  const Found right = values_of(filter.right, root, now);
  if (left.empty() || right.empty()) return false;
  return is_so(*left.front(), filter.sign, *right.front());
}

void add_passing(const Json& value, const JsonPath::Filter& filter, const Json& root, Found& found) {
  if (!value.is_structured()) return;
  for (const Json& one : value) {
    if (passes(filter, root, one)) found.push_back(&one);
  }
}

}  // namespace

std::vector<const Json*> JsonPath::find(const Json& root, const Json& now) const {
  Found found{from_root_ ? &root : &now};
  for (const Step& step : steps_) {
    Found next;
    for (const Json* const value : found) {
      switch (step.kind) {
        case Step::Kind::members: add_members(*value, step.names, next); break;
        case Step::Kind::elements: add_elements(*value, step.indexes, next); break;
        case Step::Kind::slice: add_slice(*value, step.slice, next); break;
        case Step::Kind::every: add_every(*value, next); break;
        case Step::Kind::descendants: add_descendants(*value, next); break;
        case Step::Kind::filter: add_passing(*value, *step.filter, root, next); break;
      }
    }
    found = std::move(next);
  }
  return found;
}

}  // namespace akqueue::ui

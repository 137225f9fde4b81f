#include "queue/filter/name_match.hpp"

namespace akqueue::queue {

bool is_glob(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }

bool is_tail_of(std::string_view tail, std::string_view name) {
  if (tail == name) return true;
  return !tail.empty() && name.size() > tail.size() && name.ends_with(tail) &&
         name[name.size() - tail.size() - 1] == '.';
}

bool matches_glob(std::string_view glob, std::string_view name) {
  // Where the last star was, and what it has matched so far: enough to let it match one more.
  std::size_t g = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t swallowed = 0;
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      swallowed = n;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == name[n])) {
      ++g;
      ++n;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      n = ++swallowed;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

}  // namespace akqueue::queue

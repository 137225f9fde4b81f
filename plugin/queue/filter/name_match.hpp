// When a shorthand stands for a name.
#pragma once

#include <string_view>

namespace akqueue::queue {

/// `outpost_send_update`, `tasks.outpost_send_update`: the whole of `name` or its end after a dot.
bool is_tail_of(std::string_view tail, std::string_view name);

/// Whether it has `*` or `?` in it.
bool is_glob(std::string_view text);

/// `*` stands for any characters, `?` for one.
bool matches_glob(std::string_view glob, std::string_view name);

}  // namespace akqueue::queue

// Looks at a pickle without unpickling it: nothing is imported, nothing is called. Values become JSON; what unpickling
// would have made by a call is shown as the name of what would have been called, with its arguments.
//
// Source: the opcodes of CPython's pickletools, protocols 2 to 5 (Dramatiq's PickleEncoder writes the newest that
// Python has; text opcodes of protocol 0 do not occur).
#pragma once

#include <string_view>

#include "akqueue/json.hpp"

namespace akqueue::queue {

/// In JSON: None, booleans, floats, texts, lists, dictionaries as such; whole numbers as such or, beyond 64 bits, as
/// `{"int": "-0x…"}`; tuples and sets as lists; bytes as `{"bytes": "…"}` (hexadecimal) with their length when long; a
/// UUID as its text; other objects as `{"object": "module.Name", "args": …, "items": …, "state": …}`, a date or
/// a time with `"iso": "2026-05-01T12:30:05+00:00"` as well. Dictionary keys
/// that are not texts become their JSON text. What is nested or repeated beyond reason is cut, shown as "…". Throws
/// Error (unsupported) for something that is not a pickle, ends early, or has an unknown opcode.
Json read_pickle(std::string_view bytes);

}  // namespace akqueue::queue

// Reads JSON that somebody else wrote: nothing in it is taken for granted, and what is missing is empty.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "akqueue/json.hpp"

namespace akqueue::cluster::foreign {

using Path = std::initializer_list<std::string_view>;

/// `object[path…]`; null if a step is missing or not an object.
const ForeignJson& at(const ForeignJson& object, Path path);
/// The string there; empty for anything else.
std::string text(const ForeignJson& object, Path path);
/// The whole number there; 0 for anything else, and for one that does not fit an int.
int number(const ForeignJson& object, Path path);
/// The strings of the object there, as labels and annotations are.
std::map<std::string, std::string> texts(const ForeignJson& object, Path path);

}  // namespace akqueue::cluster::foreign

#include "system/programs.hpp"

namespace akqueue::system {

const char kListSeparator = ';';
const std::string_view kProgramEnding = ".exe";
const bool kLinksPrograms = false;

}  // namespace akqueue::system

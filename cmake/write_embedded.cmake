# Writes OUTPUT, a source file that defines SYMBOL with the bytes of INPUT. Going through hex digits keeps every byte:
# CMake's own lists would eat semicolons and brackets.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${hex}")
string(LENGTH "${escaped}" length)
set(pieces "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${escaped}" ${at} 4000 piece)
  string(APPEND pieces "    \"${piece}\"\n")
  math(EXPR at "${at} + 4000")
endwhile()
string(LENGTH "${hex}" digits)
math(EXPR bytes "${digits} / 2")
file(WRITE ${OUTPUT} "// Generated from ${INPUT} at build time.
#include <string_view>

namespace akqueue::embedded {
extern const std::string_view ${SYMBOL};
const std::string_view ${SYMBOL}(
${pieces}    , ${bytes});
}  // namespace akqueue::embedded
")

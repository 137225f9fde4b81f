#!/usr/bin/env bash
# Prints the licences of what is linked into a target's programs: notices.sh TARGET ZIG_TOOLS SOURCES
set -euo pipefail
target=$1 zig=$2 sources=$3

notice() {
  printf '%s\n%s\n\n' "$1" "$(printf '%*s' "${#1}" '' | tr ' ' =)"
  cat "$2"
  printf '\n\n'
}
echo "The libraries that are linked into these programs, and their licences."
echo
notice "Boost" "$sources/licences/boost"
notice "{fmt}" "$sources/licences/fmt"
notice "libdeflate" "$sources/licences/libdeflate"
notice "nlohmann/json" "$sources/licences/nlohmann-json"
notice "utf8proc" "$sources/licences/utf8proc"
notice "zlib" "$sources/licences/zlib"
[[ $target == windows-* ]] || notice "SQLite (akqueue-sim)" "$sources/licences/sqlite"
notice "libc++" "$zig/lib/libcxx/LICENSE.TXT"
notice "libc++abi" "$zig/lib/libcxxabi/LICENSE.TXT"
notice "libunwind" "$zig/lib/libunwind/LICENSE.TXT"
case $target in
  linux-*) notice "musl" "$zig/lib/libc/musl/COPYRIGHT" ;;
  windows-*) notice "mingw-w64" "$zig/lib/libc/mingw/COPYING" ;;
esac
notice "Zig's compiler support routines" "$zig/python/ziglang/LICENSE"

#!/usr/bin/env bash
# Checks C++ with clang-tidy, as .clang-tidy says. Every finding is an error.
#
#   scripts/tidy.sh [--all | FILE...]
#
# Without FILE: the sources that differ from main, committed or not; for a header, a source that includes it. If there
# are many, the same as --all.
# --all: everything but the tests, in the groups of a build with AKQUEUE_UNITY=ON: two minutes of processor time for all
# of it, whereas each file by itself takes five to ten seconds. Clang's analyzer only looks at single files.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
from=$PWD
cd "$here/.."
most=16  # files by themselves

# The paths of the sources that differ.
changed() {
  local base= branch file
  for branch in origin/main main; do
    if base=$(git merge-base HEAD "$branch" 2>/dev/null); then break; fi
  done
  { git diff --name-only --diff-filter=d "${base:-HEAD}"; git ls-files --others --exclude-standard; } |
    grep -E '^(include|plugin|sim)/.*\.[ch]pp$' | while read -r file; do
      if [[ $file == *.hpp ]]; then
        if [[ -f ${file%.hpp}.cpp ]]; then file=${file%.hpp}.cpp
        else file=$(git grep -lF "\"${file#*/}\"" -- 'include/*.cpp' 'plugin/*.cpp' 'sim/*.cpp' | sed -n 1p) || continue
        fi
      fi
      printf '%s\n' "$file"
    done | sort -u
}

# Only configures a build directory: compile_commands.json, without precompiled headers, which would be GCC's.
configure() {
  cmake -G Ninja -B "$1" -S . -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O0 -DNDEBUG" \
    -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON "${@:2}" >/dev/null
}
sources_of() { sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$1/compile_commands.json"; }

tidy() {
  local database=$1
  local -x PYTHONPATH
  PYTHONPATH=$("$here/python-tool.sh" clang-tidy "$here/tidy.requirements.txt")
  # It counts warnings from system headers, which it does not show.
  xargs -r -d '\n' -P "$(nproc)" -n 1 "$PYTHONPATH/bin/clang-tidy" --quiet -p "$database" --config-file=.clang-tidy \
    --extra-arg=-Wno-unknown-warning-option "${@:2}" 2> >(grep -vE '^[0-9]+ (warnings|errors|warning|error).* generated' >&2)
}

files=()
all=
case ${1-} in
  --all) all=1 ;;
  -*) echo "usage: scripts/tidy.sh [--all | FILE...]" >&2; exit 2 ;;
  ?*) mapfile -t files < <(cd "$from" && realpath -s -- "$@") ;;
  *)
    mapfile -t files < <(changed)
    ((${#files[@]} > 0)) || exit 0
    if ((${#files[@]} > most)); then all=1; fi
    files=("${files[@]/#/$PWD/}")
    ;;
esac

if [[ -n $all ]]; then
  groups=build-tidy/groups
  configure "$groups" -DAKQUEUE_TESTS=OFF -DAKQUEUE_UNITY=ON
  # Groups include the sources with embedded data; making those takes no time.
  ninja -C "$groups" -t targets rule CUSTOM_COMMAND | grep '/embedded/.*\.cpp$' | xargs ninja -C "$groups" --quiet
  # A group consists of included sources.
  sources_of "$groups" | tidy "$groups" --checks=-bugprone-suspicious-include,-clang-analyzer-*
else
  configure build-tidy/files -DAKQUEUE_TESTS=ON -DAKQUEUE_UNITY=OFF
  # A source for another system is not compiled here.
  printf '%s\n' "${files[@]}" | { grep -Fxf <(sources_of build-tidy/files) || true; } | tidy build-tidy/files
fi

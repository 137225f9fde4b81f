#!/usr/bin/env bash
# Formats the C++ of the tree as .clang-format says.
#
#   scripts/format.sh [--check] [FILE...]
#
# --check changes nothing: it shows the first lines that would change, and ends with 1 if there are any.
# Without FILE: every file of include, plugin, sim and tests.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

check=
if [[ ${1-} == --check ]]; then check=1; shift; fi
files=("$@")
if ((${#files[@]} == 0)); then
  cd "$here/.."
  mapfile -t files < <(find include plugin sim tests -name '*.cpp' -o -name '*.hpp')
fi

tools=$("$here/python-tool.sh" clang-format "$here/format.requirements.txt")
export PYTHONPATH=$tools

format() { printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 40 "$tools/bin/clang-format" --style="file:$here/../.clang-format" "$@"; }
if [[ -z $check ]]; then
  format -i
  exit
fi
status=0
if LC_ALL=C.UTF-8 grep -nE '^.{121,}$' -- "${files[@]}" >&2; then
  echo "error: longer than 120 columns; clang-format does not break comments and raw strings: do it by hand" >&2
  status=1
fi
if ! said=$(format --dry-run --Werror 2>&1); then
  { grep ': error:' <<< "$said" || printf '%s\n' "$said"; } | sed 's/ error: code should be clang-formatted.*//' | head -20 >&2 || true
  echo "error: not formatted as .clang-format says; run scripts/format.sh" >&2
  status=1
fi
exit "$status"

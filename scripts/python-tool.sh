#!/usr/bin/env bash
# Finds a program that comes as a Python package, and fetches it if it is not there yet:
#   python-tool.sh NAME REQUIREMENTS
# prints a folder with bin/NAME, which needs PYTHONPATH set to that folder.
set -euo pipefail
name=$1 wanted=$2

tools=${XDG_CACHE_HOME:-$HOME/.cache}/akqueue-tests/$name-$(sha256sum < "$wanted" | cut -c1-16)
if [[ ! -x $tools/bin/$name ]]; then
  mkdir -p "${tools%/*}"
  work=$(mktemp -d "${tools%/*}/fetching.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  pip3 install --quiet --disable-pip-version-check --no-deps --require-hashes --target "$work" -r "$wanted" >&2
  mv -T "$work" "$tools" 2>/dev/null || [[ -x $tools/bin/$name ]]  # somebody else was faster
fi
printf '%s\n' "$tools"

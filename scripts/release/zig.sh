#!/usr/bin/env bash
# Fetches zig if it is not there yet, and prints the directory of its wrappers cc, c++, ar and ranlib.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/settings"

inputs=$(sha256sum < <(cat "${BASH_SOURCE[0]}" "$here/zig.requirements.txt"))
tools=$cache/zig-${inputs:0:16}
mkdir -p "$cache"
exec 9>"$cache/zig.lock"
flock 9
if [[ ! -x $tools/ranlib ]]; then
  echo "fetching zig" >&2
  work=$(mktemp -d "$cache/fetching.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  pip3 install --quiet --disable-pip-version-check --no-deps --require-hashes --target "$work/python" -r "$here/zig.requirements.txt" >&2
  ln -s python/ziglang/zig "$work/zig"
  ln -s python/ziglang/lib "$work/lib"
  for tool in cc c++ ar ranlib; do
    printf '#!/bin/sh\nexec "${0%%/*}/zig" %s "$@"\n' "$tool" > "$work/$tool"
    chmod +x "$work/$tool"
  done
  rm -rf "$tools"
  mv "$work" "$tools"
  trap - EXIT
fi
echo "$tools"

#!/usr/bin/env bash
# Makes a release's archives from this tree, for every system from one Linux machine (amd64, Debian).
#
#   scripts/release.sh [--only TARGET]... [--check TARGET|all]... [--uncommitted] [--quick TARGET]...
#                      [OUTPUT_DIRECTORY]
#
# OUTPUT_DIRECTORY (build-release/archives) gets an archive for each target, for Linux a Debian package of the same
# programs, SHA256SUMS, and an SPDX document of what is in them: all of them or none. TARGET is linux-amd64,
# linux-arm64, darwin-amd64, darwin-arm64 or windows-amd64.
#
# --check builds a target once more from scratch, elsewhere and without a compiler cache, and fails if its archives
# differ. --uncommitted takes the tree as it is instead of refusing uncommitted changes. --quick, which
# requires that, compiles a target without optimization: for tests that only look at its archive. docs/releasing.md has
# the rest.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/scripts/release/settings"

fail() {
  echo "error: $1" >&2
  [[ -z ${2-} ]] || echo "hint: $2" >&2
  exit 1
}

only=() checked=() quick=() uncommitted= output=
while (($#)); do
  case $1 in
    --only)
      [[ " ${targets[*]} " == *" ${2-} "* ]] || { echo "error: --only takes one of ${targets[*]}" >&2; exit 2; }
      only+=("$2"); shift ;;
    --check)
      [[ " ${targets[*]} all " == *" ${2-} "* ]] || { echo "error: --check takes all or one of ${targets[*]}" >&2; exit 2; }
      checked+=("$2"); shift ;;
    --quick)
      [[ " ${targets[*]} " == *" ${2-} "* ]] || { echo "error: --quick takes one of ${targets[*]}" >&2; exit 2; }
      quick+=("$2"); shift ;;
    --uncommitted) uncommitted=1 ;;
    -h|--help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0"; exit ;;
    -*) echo "error: $1 is not an option" >&2; echo "hint: scripts/release.sh --help" >&2; exit 2 ;;
    *) output=$1 ;;
  esac
  shift
done
for target in "${checked[@]}"; do
  [[ $target == all || ${#only[@]} == 0 || " ${only[*]} " == *" $target "* ]] || { echo "error: --check $target was given, but --only leaves it out" >&2; exit 2; }
done
[[ ${#quick[@]} == 0 || -n $uncommitted ]] || { echo "error: --quick does not make a release: use it with --uncommitted" >&2; exit 2; }
output=$(realpath -m "${output:-$root/build-release/archives}")
if ((${#only[@]})); then targets=("${only[@]}"); fi

cd "$root"
[[ -n $version ]] || fail "CMakeLists.txt states no version"
tag=$(git describe --tags --exact-match --match 'v*' 2>/dev/null || true)
[[ -z $tag || $tag == "v$version" ]] || fail "the commit is tagged $tag, and CMakeLists.txt says $version" "one of them is wrong"
[[ -n $uncommitted || -z $(git status --porcelain) ]] ||
  fail "the tree has changes since commit $(git rev-parse --short HEAD)" "git status shows them; --uncommitted builds with them"
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export LC_ALL=C TZ=UTC
umask 022

scripts/install-deps.sh release
zig=$(scripts/release/zig.sh)
sources=$(scripts/release/sources.sh)
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT

for target in "${targets[@]}"; do
  export AKQUEUE_RELEASE_OPTIMIZATION=-O2
  [[ " ${quick[*]} " != *" $target "* ]] || AKQUEUE_RELEASE_OPTIMIZATION=-O0
  scripts/release/build.sh "$target" "$root/build-release/$target" "$zig" "$sources" "$staging/archives"
  if [[ " ${checked[*]} " == *" $target "* || " ${checked[*]} " == *" all "* ]]; then
    CCACHE_DISABLE=1 ZIG_GLOBAL_CACHE_DIR=$staging/zig ZIG_LOCAL_CACHE_DIR=$staging/zig \
      scripts/release/build.sh "$target" "$staging/again/$target" "$zig" "$sources" "$staging/checked"
    for again in "$staging/checked"/*; do
      name=$(basename "$again")
      if ! cmp "$staging/archives/$name" "$again"; then
        trap - EXIT
        fail "$name is another one when it is built again" "diffoscope tells what differs; both are in $staging"
      fi
      echo "built twice, the same: $(cd "$staging/checked" && sha256sum "$name")"
    done
    rm -rf "$staging/again" "$staging/checked"
  fi
done

/usr/bin/python3 scripts/release/sbom.py "$version" "$AKQUEUE_RELEASE_URL" "$zig" "$sources" "$staging/archives"
(cd "$staging/archives" && sha256sum -- * > "$staging/sums" && mv "$staging/sums" SHA256SUMS)
mkdir -p "$output"
cp -f "$staging/archives"/* "$output/"
cat "$output/SHA256SUMS"

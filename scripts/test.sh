#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors and runs every test.
#
#   scripts/test.sh [--durations] [--tidy] [--sanitize] [--long] [--cluster] [--release] [--fresh-debian] [CTEST
#   ARGUMENTS...]
#
# --durations shows at the end where the time went: the slowest tests, and pytest's slowest cases.
# Tests that take many minutes are left out unless requested:
# --sanitize also runs the unit tests, the contract on the replica and the fuzz targets under the address and undefined
# behaviour sanitizers.
# --long runs the contract on the tables of every other release and in another schema, and kills everything at 520
# random points. --cluster also runs the tests on a real Kubernetes control plane (tests/beds/controlplane/build makes
# it). --release makes a release's archives and tests them (docs/releasing.md).
# --tidy checks all of the C++ with clang-tidy, not only what differs from main.
# --fresh-debian (as root) also runs scripts/demo.sh and the build by hand in a fresh Debian 12 and a fresh Debian 13.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# -O1: compiles in a third less time than a release's -O2, which --release tests in its archives.
build=build packages=(test) durations= tidy=()
options=(-DAKQUEUE_TESTS=ON -DAKQUEUE_WERROR=ON -DAKQUEUE_UNITY=ON -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG")
while true; do
  case ${1-} in
    --sanitize) shift; export AKQUEUE_SANITIZE_TESTS=1 ;;
    --durations) shift; durations=1 ;;
    --long) shift; export AKQUEUE_LONG_TESTS=1 AKQUEUE_KILL_POINTS=${AKQUEUE_KILL_POINTS-520} ;;
    --cluster) shift; packages+=(cluster); export AKQUEUE_CLUSTER_TESTS=1 ;;
    --release) shift; packages+=(release-test); export AKQUEUE_RELEASE_TESTS=1 ;;
    --fresh-debian) shift; packages+=(fresh-debian); export AKQUEUE_FRESH_DEBIAN_TESTS=1 ;;
    --tidy) shift; tidy=(--all) ;;
    -h | --help) sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; exit ;;
    *) break ;;
  esac
done

scripts/install-deps.sh "${packages[@]}"
scripts/format.sh --check
scripts/tidy.sh "${tidy[@]}"
if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake -G Ninja -B "$build" -S . "${options[@]}" >/dev/null
cmake --build "$build"
kinds=()
left_out() {
  [[ -z ${!1-} ]] || return 0
  echo "LEFT OUT: $3; scripts/test.sh --$2 runs that too"
  kinds+=("$2")
}
left_out AKQUEUE_SANITIZE_TESTS sanitize "what runs under the sanitizers, and the fuzz targets"
left_out AKQUEUE_LONG_TESTS long "the contract on the tables of more releases, and most random kill points"
left_out AKQUEUE_CLUSTER_TESTS cluster "what needs a real Kubernetes control plane"
left_out AKQUEUE_RELEASE_TESTS release "what tests a release's archives"
left_out AKQUEUE_FRESH_DEBIAN_TESTS fresh-debian "the demo and the build by hand in fresh roots of Debian 12 and 13"
if ((${#kinds[@]})); then set -- --label-exclude "^($(IFS='|'; echo "${kinds[*]}"))$" "$@"; fi
# Most tests wait for a process or a database most of the time: two more at a time than there are processors.
said=$(mktemp)
trap 'rm -f "$said"' EXIT
status=0
ctest --test-dir "$build" --output-on-failure --no-tests=error --parallel "$(($(nproc) + 2))" "$@" | tee "$said" || status=$?
slowest() { sort -rn | awk 'NR <= 20 { printf "%9.2f s  %s\n", $1, substr($0, length($1) + 2) }'; }
if [[ -n $durations ]]; then
  echo "The slowest tests:"
  sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) .* ([0-9.]+) sec *$/\2 \1/p' "$said" | slowest
  echo "pytest's slowest cases:"
  sed -nE 's/^([0-9.]+)s (call|setup|teardown) +([.]{2}\/)*(.*)$/\1 \2 \4/p' "$build/Testing/Temporary/LastTest.log" | slowest
fi
((status == 0)) || exit "$status"
# Requested tests that could not run have not passed.
if grep -F '***Skipped' "$said"; then
  echo "error: the tests above were not run; ctest --test-dir $build -V -R NAME says why" >&2
  exit 1
fi

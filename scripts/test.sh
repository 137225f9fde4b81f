#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors and runs every test.
#
#   scripts/test.sh [--sanitize] [--long] [--cluster] [--release] [--fresh-debian] [CTEST ARGUMENTS...]
#
# --sanitize builds with the address and undefined behaviour sanitizers as well (another build directory).
# What takes many minutes is left out unless it is asked for:
# --long runs the contract on the tables of every other release and in another schema, and kills everything at 520 random points.
# --cluster runs the tests on a real Kubernetes control plane as well (tests/beds/controlplane/build makes it).
# --release makes a release's archives and tests those (docs/releasing.md).
# --fresh-debian (as root) runs scripts/demo.sh and the build by hand in a fresh Debian 12 and a fresh Debian 13 as well, from nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=build options=(-DAKQUEUE_TESTS=ON -DAKQUEUE_WERROR=ON -DAKQUEUE_UNITY=ON) packages=(test)
while true; do
  case ${1-} in
    --sanitize) shift; build=build-sanitize; options+=(-DAKQUEUE_SANITIZE=ON) ;;
    --long) shift; export AKQUEUE_LONG_TESTS=1 AKQUEUE_KILL_POINTS=${AKQUEUE_KILL_POINTS-520} ;;
    --cluster) shift; packages+=(cluster); export AKQUEUE_CLUSTER_TESTS=1 ;;
    --release) shift; packages+=(release-test); export AKQUEUE_RELEASE_TESTS=1 ;;
    --fresh-debian) shift; packages+=(fresh-debian); export AKQUEUE_FRESH_DEBIAN_TESTS=1 ;;
    *) break ;;
  esac
done

scripts/install-deps.sh "${packages[@]}"
scripts/format.sh --check
if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake -G Ninja -B "$build" -S . "${options[@]}" >/dev/null
cmake --build "$build"
kinds=()
left_out() {
  [[ -z ${!1-} ]] || return 0
  echo "LEFT OUT: $3; scripts/test.sh --$2 runs that too"
  kinds+=("$2")
}
left_out AKQUEUE_LONG_TESTS long "the contract on the tables of more releases, and most random kill points"
left_out AKQUEUE_CLUSTER_TESTS cluster "what needs a real Kubernetes control plane"
left_out AKQUEUE_RELEASE_TESTS release "what tests a release's archives"
left_out AKQUEUE_FRESH_DEBIAN_TESTS fresh-debian "the demo and the build by hand in fresh roots of Debian 12 and 13"
if ((${#kinds[@]})); then set -- --label-exclude "^($(IFS='|'; echo "${kinds[*]}"))$" "$@"; fi
# Most tests wait for a process or a database: as many at a time as there are processors, and one more beside the release's
# build, which takes what they leave.
said=$(mktemp)
trap 'rm -f "$said"' EXIT
ctest --test-dir "$build" --output-on-failure --no-tests=error --parallel "$(($(nproc) + ${AKQUEUE_RELEASE_TESTS:-0}))" "$@" | tee "$said"
# What was asked for and could not be run has not passed.
if grep -F '***Skipped' "$said"; then
  echo "error: the tests above were not run; ctest --test-dir $build -V -R NAME says why" >&2
  exit 1
fi

#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors and runs every test.
#
#   scripts/test.sh [--sanitize] [--cluster] [--roots] [CTEST ARGUMENTS...]
#
# --sanitize builds with the address and undefined behaviour sanitizers as well (another build directory).
# --cluster runs the tests on a real Kubernetes control plane as well, which are left out otherwise: building that takes
# some minutes once (tests/cluster/build).
# --roots (as root) runs scripts/demo.sh in a fresh Debian 12 and a fresh Debian 13 as well, from nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=build options=(-DAKQUEUE_TESTS=ON -DAKQUEUE_WERROR=ON) packages=(test)
while true; do
  case ${1-} in
    --sanitize) shift; build=build-sanitize; options+=(-DAKQUEUE_SANITIZE=ON) ;;
    --cluster) shift; packages+=(cluster); export AKQUEUE_CLUSTER_TESTS=1 ;;
    --roots) shift; packages+=(roots); export AKQUEUE_ROOTS_TESTS=1 ;;
    *) break ;;
  esac
done

for set in "${packages[@]}"; do scripts/install-deps.sh "$set"; done
if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake -G Ninja -B "$build" -S . "${options[@]}" >/dev/null
cmake --build "$build"
if [[ -z ${AKQUEUE_CLUSTER_TESTS-} ]]; then
  echo "LEFT OUT: the tests on a real Kubernetes control plane; scripts/test.sh --cluster runs them too"
fi
if [[ -z ${AKQUEUE_ROOTS_TESTS-} ]]; then
  echo "LEFT OUT: the demo in fresh roots of Debian 12 and 13; scripts/test.sh --roots runs it"
fi
# Most tests wait for a process or a database: as many at a time as there are processors.
ctest --test-dir "$build" --output-on-failure --no-tests=error --parallel "$(nproc)" "$@"

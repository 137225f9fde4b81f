#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors and runs every test.
#
#   scripts/test.sh [--sanitize] [--cluster] [--release] [CTEST ARGUMENTS...]
#
# --sanitize builds with the address and undefined behaviour sanitizers as well (another build directory).
# --cluster runs the tests on a real Kubernetes control plane as well, which are left out otherwise: building that takes
# some minutes once (tests/cluster/build).
# --release makes a release's archives and tests those, which is left out otherwise for the same reason (docs/releasing.md).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=build options=(-DAKQUEUE_WERROR=ON) packages=(test)
while true; do
  case ${1-} in
    --sanitize) shift; build=build-sanitize; options+=(-DAKQUEUE_SANITIZE=ON) ;;
    --cluster) shift; packages+=(cluster); export AKQUEUE_CLUSTER_TESTS=1 ;;
    --release) shift; packages+=(release-test); export AKQUEUE_RELEASE_TESTS=1 ;;
    *) break ;;
  esac
done

scripts/install-deps.sh "${packages[@]}"
if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake -G Ninja -B "$build" -S . "${options[@]}" >/dev/null
cmake --build "$build"
if [[ -z ${AKQUEUE_CLUSTER_TESTS-} ]]; then
  echo "LEFT OUT: the tests on a real Kubernetes control plane; scripts/test.sh --cluster runs them too"
fi
if [[ -z ${AKQUEUE_RELEASE_TESTS-} ]]; then
  echo "LEFT OUT: the tests of a release's archives; scripts/test.sh --release runs them too"
fi
ctest --test-dir "$build" --output-on-failure --no-tests=error "$@"

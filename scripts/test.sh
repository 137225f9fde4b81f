#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors and runs every test.
#
#   scripts/test.sh [--sanitize] [CTEST ARGUMENTS...]
#
# --sanitize builds with the address and undefined behaviour sanitizers as well (another build directory).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=build options=(-DAKQUEUE_WERROR=ON)
if [[ ${1-} == --sanitize ]]; then
  shift
  build=build-sanitize
  options+=(-DAKQUEUE_SANITIZE=ON)
fi

scripts/install-deps.sh test
if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake -G Ninja -B "$build" -S . "${options[@]}" >/dev/null
cmake --build "$build"
ctest --test-dir "$build" --output-on-failure --no-tests=error "$@"

#!/bin/bash
# The arm64 programs on an emulated processor, against transcripts: they look, delete and undo in worlds that the arm64
# simulator makes, and print to the letter what this machine's build prints.
#
#   test_arm64.sh ARCHIVES
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
programs=$(realpath "$1/unpacked/linux-arm64")
emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64) || { echo "FAILED: there is no qemu-aarch64 (scripts/install-deps.sh release-test)"; exit 1; }

# Under their own names, so that the plugin starts the simulator as it would on such a machine, and told by what name they
# were called, as a link `kubectl` to the simulator is.
AKQUEUE_BINARIES=$(mktemp -d)
export AKQUEUE_BINARIES
trap 'rm -rf "$AKQUEUE_BINARIES"' EXIT
for program in kubectl-akqueue akqueue-sim; do
  printf '#!/bin/sh\nexec %q -0 "$0" %q "$@"\n' "$emulator" "$programs/$program" > "$AKQUEUE_BINARIES/$program"
  chmod +x "$AKQUEUE_BINARIES/$program"
done
"$AKQUEUE_BINARIES/kubectl-akqueue" version --client
for transcript in status flush undo; do
  /usr/bin/python3 "$root/tests/transcripts/run.py" "$root/tests/transcripts/$transcript.txt"
done

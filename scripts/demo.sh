#!/usr/bin/env bash
# Installs what is missing, builds, and walks through a flooded queue in the simulator: look, rehearse, delete, flush,
# undo. Nothing outside this folder and a temporary directory is touched; no cluster is needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install-deps.sh build
# Tests need more packages than this demo.
options=(-DAKQUEUE_TESTS=OFF)
if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake -G Ninja -B build -S . -DAKQUEUE_UNITY=ON "${options[@]}" >/dev/null
echo "building (a few minutes the first time) ..."
cmake --build build --target kubectl-akqueue akqueue-sim >build/demo.log || { tail -40 build/demo.log >&2; exit 1; }

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
export PATH=$PWD/build/bin:$PATH XDG_STATE_HOME=$directory/state
world=$directory/storm.world

say() { printf '\n\n# %s\n' "$*"; }
run() {
  printf '$ %s\n' "$*"
  akqueue-sim shell "$world" -c "$*" 2>&1
}

say "A site whose outposts flooded the queue: 100,000 tasks"
printf '$ akqueue-sim create storm.world --scenario outpost-storm --tasks 100000\n'
akqueue-sim create "$world" --scenario outpost-storm --tasks 100000

say "What is going on?"
run kubectl akqueue status

say "Which actors wait?"
run kubectl akqueue top --state queued

say "What would go, if one actor's queued tasks were deleted?"
run kubectl akqueue delete --actor outpost_send_update --older-than 1h --dry-run

say "Delete them. The history stays"
run kubectl akqueue delete --actor outpost_send_update --older-than 1h --yes

say "Flush the whole queue, with its history"
run kubectl akqueue flush --yes

say "What is left: what live workers hold"
run kubectl akqueue status

say "Every row was written to a backup before it went. Take the flush back, and then the deletion by its id"
run kubectl akqueue history
run kubectl akqueue undo --yes
deletion=$(akqueue-sim shell "$world" -c "kubectl akqueue history" | awk '$2 == "delete" { print $1 }')
run kubectl akqueue undo "$deletion" --yes

say "As it was"
run kubectl akqueue status

say "Your turn: a world of your own, and a shell in which kubectl akqueue works"
cat <<END
build/bin/akqueue-sim create my.world --scenario certificate-runaway
build/bin/akqueue-sim shell my.world
END

#!/usr/bin/env bash
# Runs each fuzz target of a build that tests/sanitized/build has made over its corpus, and then for a while.
#
#   run.sh BUILD-DIRECTORY [SECONDS]          (of each target; default 8, or AKQUEUE_FUZZ_SECONDS)
#
# A finding is left in BUILD-DIRECTORY/findings, and its place printed. `tests/fuzz/corpus` is read, never written.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$1
seconds=${2:-${AKQUEUE_FUZZ_SECONDS:-8}}

status=0
seed=$(date +%s)
mkdir -p "$build/findings"
for target in session server backup kubectl pickle scenario; do
  corpora=("$root/tests/fuzz/corpus/$target")
  [[ $target == scenario ]] && corpora+=("$root/fixtures/scenarios")
  fresh=$(mktemp -d "${TMPDIR:-/tmp}/akqueue-fuzz.XXXXXX")
  log=$build/$target.log
  if "$build/bin/fuzz_$target" -max_total_time="$seconds" -seed="$seed" -timeout=20 -rss_limit_mb=2048 -max_len=8192 \
    -artifact_prefix="$build/findings/$target-" -print_final_stats=1 "$fresh" "${corpora[@]}" >"$log" 2>&1; then
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs, $(find "${corpora[@]}" -type f | wc -l) in the corpus, seed $seed, nothing found"
  else
    status=1
    echo "$target: FAILED, seed $seed; the input is in $build/findings"
    tail -40 "$log"
  fi
  rm -rf "$fresh"
done
exit "$status"

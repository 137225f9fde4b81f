# What test scripts check commands with; sourced. `failures` counts.
failures=0
check() { # WHAT, WANTED STATUS, WANTED WORDS, COMMAND...
  local what=$1 status=$2 words=$3 output got
  shift 3
  output=$("$@" 2>&1)
  got=$?
  if [[ $got -eq $status && $output == *"$words"* ]]; then
    echo "ok: $what"
  else
    echo "FAILED: $what: status $got (wanted $status), printed: $output (wanted: $words)"
    failures=$((failures + 1))
  fi
}

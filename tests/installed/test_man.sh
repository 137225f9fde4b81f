#!/usr/bin/env bash
# The man page as troff and man read it: no warning of any kind, and everything of the command table is on it.
set -uo pipefail
failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}
command -v groff >/dev/null || { echo "no groff on this machine (scripts/install-deps.sh test brings it)"; exit 77; }
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
unset AKQUEUE_SIM
export LC_ALL=C.UTF-8 MANWIDTH=80
page=$directory/kubectl-akqueue.1
kubectl-akqueue help --man >"$page" || fail "help --man ended with $?"

warnings=$(groff -man -Tutf8 -ww -z "$page" 2>&1) || fail "groff ended with $?"
[[ -z $warnings ]] || fail "groff warns: $warnings"
LC_ALL=C grep -qP '[^\x00-\x7F]' "$page" && fail "the page is not ASCII"

# -P-c: bold and italic as overstrikes, which sed takes away; what is left is what a person reads.
groff -man -Tutf8 -P-c "$page" 2>/dev/null | sed $'s/.\b//g' >"$directory/text"
for title in NAME SYNOPSIS DESCRIPTION COMMANDS 'OPTIONS OF EVERY COMMAND' 'EXIT STATUS' ENVIRONMENT FILES 'SEE ALSO'; do
  grep -qx "$title" "$directory/text" || fail "no section $title"
done
# As help has them: every command, and every option of each.
commands=0
for command in $(kubectl-akqueue help --markdown | sed -n 's/^### //p'); do
  commands=$((commands + 1))
  # Not through a pipe: a grep that has found it ends, and sed then fails now and then.
  part=$(sed -n "/^   $command\$/,/^   [a-z]*\$/p" "$directory/text")
  grep -q "kubectl akqueue $command" <<< "$part" || fail "$command is not on the page"
  for option in $(kubectl-akqueue help "$command" | sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p'); do
    grep -q -- "$option" "$directory/text" || fail "$command $option is not on the page"
  done
done
((commands > 15)) || fail "only $commands commands were looked for"
grep -q "list --actor outpost_send_update --log 'timed out'" "$directory/text" || fail "quotes and dashes are not as they are typed"
((failures == 0)) && echo "ok: the man page, $commands commands"
exit $((failures > 0))

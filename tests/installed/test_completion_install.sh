#!/usr/bin/env bash
# `completion install|uninstall|status`: where the link goes, that it lives through an upgrade, what it leaves alone.
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/checks.sh"
is() { # WHAT, COMMAND...
  local what=$1
  shift
  if "$@"; then echo "ok: $what"; else
    echo "FAILED: $what: $*"
    failures=$((failures + 1))
  fi
}
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
binary=$(command -v kubectl-akqueue)
unset AKQUEUE_SIM KREW_ROOT
export HOME=$directory XDG_STATE_HOME=$directory/state NO_COLOR=1
krew=$directory/.krew/bin store=$directory/.krew/store/akqueue
mkdir -p "$krew" "$store/v1" "$store/v2" "$directory/kubectl" "$directory/old"
# As krew links it.
ln -s "$binary" "$store/v1/kubectl-akqueue"
ln -s "$store/v1/kubectl-akqueue" "$krew/kubectl-akqueue"
kubectl() { # A kubectl of this version.
  printf '#!/bin/sh\necho %s\n' "'{\"clientVersion\": {\"gitVersion\": \"$1\"}}'" >"$directory/kubectl/kubectl"
  chmod +x "$directory/kubectl/kubectl"
}
kubectl v1.32.4-gke.1
export PATH=$directory/kubectl:$krew:/usr/bin:/bin
link=$krew/kubectl_complete-akqueue

check "nothing there" 5 "completer/kubectl_complete-akqueue not installed" kubectl-akqueue completion
check "a dry run" 0 "completer/kubectl_complete-akqueue installed in $krew (dry run)" kubectl-akqueue completion install --dry-run
is "which does nothing" test ! -e "$link"
check "install, with what to do in each shell" 0 "source <(kubectl completion bash)" kubectl-akqueue completion install
is "leads to krew's link and not into its store" test "$(readlink "$link")" = kubectl-akqueue
check "again" 0 "completer/kubectl_complete-akqueue unchanged in $krew" kubectl-akqueue completion install
check "in place" 0 "completer/kubectl_complete-akqueue installed in $krew, for $krew/kubectl-akqueue" kubectl-akqueue completion status
check "it completes" 0 ":4" "$link" fl

ln -s "$binary" "$store/v2/kubectl-akqueue"
ln -sfn "$store/v2/kubectl-akqueue" "$krew/kubectl-akqueue"
rm -r "$store/v1"
check "after an upgrade by krew" 0 "flush" "$link" fl
check "and so says status" 0 "installed in $krew" kubectl-akqueue completion status

kubectl v1.20.2
check "a kubectl that is too old" 0 "kubectl v1.20.2 does not complete plugins: 1.26 or newer does" kubectl-akqueue completion install
check "status says so and ends with 5" 5 "1.26 or newer" kubectl-akqueue completion status
kubectl v1.26.0
check "one that is just new enough" 0 "installed in" kubectl-akqueue completion status
rm "$directory/kubectl/kubectl"
PATH=$directory/kubectl:$krew check "no kubectl" 5 "kubectl does not say its version" "$krew/kubectl-akqueue" completion status
kubectl v1.32.4

check "a dry run of taking it out" 0 "removed from $krew (dry run)" kubectl-akqueue completion uninstall --dry-run
is "leaves it" test -L "$link"
check "take it out" 0 "completer/kubectl_complete-akqueue removed from $krew" kubectl-akqueue completion uninstall
is "it is gone, the plugin is not" test ! -e "$link" -a -e "$krew/kubectl-akqueue"
check "twice" 0 "no completer of this plugin is installed" kubectl-akqueue completion uninstall

printf '#!/bin/sh\necho mine\n' >"$link"
chmod +x "$link"
check "a foreign file is not overwritten" 3 "does not belong to this plugin" kubectl-akqueue completion install
check "a dry run says so too" 3 "does not belong to this plugin" kubectl-akqueue completion install --dry-run
check "and not taken out" 0 "it is left as it is" kubectl-akqueue completion uninstall
check "not even where it is named" 3 "does not belong to this plugin" kubectl-akqueue completion uninstall --dir "$krew"
is "it is as it was" test "$("$link")" = mine
rm "$link"

mkdir -p "$directory/elsewhere" "$directory/.local/bin"
check "a directory that is not on PATH" 0 "$directory/elsewhere is not on PATH" kubectl-akqueue completion install --dir "$directory/elsewhere"
is "leads to the plugin as kubectl finds it" test "$(readlink "$directory/elsewhere/kubectl_complete-akqueue")" = "$krew/kubectl-akqueue"
check "a directory that is not there" 1 "is not a directory" kubectl-akqueue completion install --dir "$directory/nonesuch"
check "no directory at all" 1 "is not a directory" kubectl-akqueue completion install --dir ""
PATH=$directory/kubectl:/usr/bin:/bin check "a plugin that is not on PATH" 1 "kubectl-akqueue is not on PATH" "$binary" completion install
check "a word that is none" 2 "unknown command 'completion instal'" kubectl-akqueue completion instal
exit $((failures > 0))

#!/bin/bash
# A Debian package: its control data, what Debian's own check says of it, and its programs out of an empty root.
#
#   test_deb.sh BUILD_DIRECTORY    what `cpack -G DEB` makes of a build for this machine
#   test_deb.sh PACKAGE.deb        a release's (or a pattern of its name), of static programs; another architecture's
#                                  are not run
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
source "$root/scripts/release/settings"
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
failures=0
check() { # WHAT, WANTED, GOT
  if [[ $3 == *"$2"* ]]; then
    echo "ok: $1"
  else
    echo "FAILED: $1: wanted $2, got $3"
    failures=$((failures + 1))
  fi
}
package=$(compgen -G "$1") || { echo "FAILED: there is no $1"; exit 1; }
architecture=$(dpkg --print-architecture)
packed() { dpkg-deb --fsys-tarfile "$package" | tar -xO "./$1"; }
field() { dpkg-deb --field "$package" "$1"; }
files=(usr/bin/kubectl-akqueue usr/bin/akqueue-sim usr/share/man/man1/kubectl-akqueue.1.gz
       usr/share/doc/kubectl-akqueue/{copyright,changelog.Debian.gz,README.md,CHANGELOG.md,docs/commands.md,examples/k9s/plugins.yaml,examples/cronjob/trim.yaml})
if [[ -d $1 ]]; then
  (cd "$1" && cpack -G DEB -B "$directory/made") >"$directory/log" 2>&1 || { cat "$directory/log"; exit 1; }
  package=$(echo "$directory"/made/kubectl-akqueue_*.deb)
  check "it needs what it is linked with" "libsqlite3-0" "$(field Depends)"
  check "it needs the C library that it was built with" "libc6 (>=" "$(field Depends)"
else
  architecture=$(sed -n 's/.*_\(.*\)\.deb$/\1/p' <<< "$package")
  [[ -z $(field Depends) ]] || { echo "FAILED: it needs $(field Depends)"; failures=$((failures + 1)); }
  files+=(usr/share/doc/kubectl-akqueue/NOTICES)
  for program in kubectl-akqueue akqueue-sim; do
    packed "usr/bin/$program" | cmp - "$(dirname "$package")/unpacked/linux-$architecture/$program" ||
      { echo "FAILED: $program is not the archive's"; failures=$((failures + 1)); }
  done
fi

check "the version" "$version" "$(field Version)"
check "the architecture" "$architecture" "$(field Architecture)"
check "its summary" "authentik" "$(field Description)"
dpkg-deb --contents "$package" > "$directory/contents"
[[ -z $(awk '$2 != "root/root"' "$directory/contents") ]] || { echo "FAILED: something is not root's"; failures=$((failures + 1)); }
for file in "${files[@]}"; do
  check "it has /$file" "./$file" "$(grep -F " ./$file" "$directory/contents" || true)"
done
check "its man page can be read" "kubectl\-akqueue" "$(packed usr/share/man/man1/kubectl-akqueue.1.gz | gunzip)"
check "its README is the project's" "# kubectl-akqueue" "$(packed usr/share/doc/kubectl-akqueue/README.md)"
# No policy errors. (It warns that the simulator, which explains itself, has no man page.)
lintian --allow-root --fail-on error "$package" || { echo "FAILED: lintian"; failures=$((failures + 1)); }

if [[ $architecture == "$(dpkg --print-architecture)" ]]; then
  # dpkg's own installation, in a root that has nothing else and so may lack packages that it depends on.
  mkdir -p "$directory/root/var/lib/dpkg"/{info,updates,triggers}
  touch "$directory/root/var/lib/dpkg/status"
  dpkg --root="$directory/root" --force-depends --force-not-root --force-script-chrootless --log=/dev/null --install "$package" >"$directory/log" 2>&1 ||
    { cat "$directory/log"; exit 1; }
  check "dpkg has it installed" "install ok installed" "$(dpkg-query --admindir="$directory/root/var/lib/dpkg" -W -f '${Status}' kubectl-akqueue)"
  export PATH=$directory/root/usr/bin:$PATH XDG_STATE_HOME=$directory/state
  check "the plugin runs" "kubectl-akqueue   $version" "$(kubectl-akqueue version --client)"
  akqueue-sim create "$directory/world" --scenario calm --tasks 100 >/dev/null
  check "the simulator runs" "tasks" "$(kubectl-akqueue status --sim "$directory/world" -o json)"
fi
exit $((failures > 0))

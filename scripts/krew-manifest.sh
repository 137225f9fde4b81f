#!/usr/bin/env bash
# Writes krew's manifest for a release: krew-manifest.sh [--some] ARCHIVE_DIRECTORY
#
# ARCHIVE_DIRECTORY is what scripts/release.sh wrote; akqueue.yaml is written beside the archives. One that is missing is
# an error, unless --some: then the manifest has the platforms that are there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/release/settings"
some=
if [[ ${1-} == --some ]]; then some=1; shift; fi
[[ $# == 1 && -d $1 ]] || { echo "usage: scripts/krew-manifest.sh [--some] ARCHIVE_DIRECTORY" >&2; exit 2; }
directory=$1

platforms=
for target in "${targets[@]}"; do
  archive=$(archive_of "$target")
  if [[ ! -e $directory/$archive ]]; then
    [[ -z $some ]] || continue
    echo "error: $directory has no $archive" >&2
    echo "hint: scripts/release.sh makes it" >&2
    exit 1
  fi
  suffix=
  [[ $target != windows-* ]] || suffix=.exe
  platforms+="  - selector:
      matchLabels:
        os: ${target%-*}
        arch: ${target#*-}
    uri: $AKQUEUE_RELEASE_URL/v$version/$archive
    sha256: $(sha256sum "$directory/$archive" | cut -d' ' -f1)
    bin: kubectl-akqueue$suffix
"
done
[[ -n $platforms ]] || { echo "error: $directory has no archive of v$version" >&2; exit 1; }

cat > "$directory/akqueue.yaml" <<YAML
apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: akqueue
spec:
  version: v$version
  homepage: $AKQUEUE_RELEASE_URL
  shortDescription: Clear and watch authentik's task queue
  description: |
    Looks after the task queue of authentik, the identity provider, on
    Kubernetes: what is queued and which actors fill it, whether workers are
    being OOM-killed, and where the queue is going. Clears the right part of
    it in short transactions beside a live site, keeps everything that it
    deletes in a backup first, and brings it back.

    A simulator in the same archive, akqueue-sim, makes worlds to rehearse
    every command on without a cluster (Linux and macOS).
  caveats: |
    * authentik 2025.8 or newer is needed: before that its tasks were not in
      PostgreSQL.
    * It works inside a server pod: your account needs the right to create
      pods/exec in authentik's namespace, besides getting and listing what
      is there. "kubectl akqueue rbac" prints the least role.
    * kubectl takes no flags before a plugin's name: --context, --namespace
      and the like come after the plugin's command.
    * For completion in your shell: kubectl akqueue completion install
    * akqueue-sim is beside the plugin, and --sim looks for it on PATH:
      dirname "\$(readlink -f "\$(command -v kubectl-akqueue)")"
  platforms:
${platforms%$'\n'}
YAML

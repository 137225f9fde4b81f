#!/usr/bin/env bash
# Writes krew's manifest of a release, from .krew.yaml: krew-manifest.sh [--some] ARCHIVE_DIRECTORY
#
# ARCHIVE_DIRECTORY is what scripts/release.sh wrote; akqueue.yaml is written next to the archives. A missing archive is
# an error, except with --some: then the manifest has only the platforms that are there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/release/settings"
some=
if [[ ${1-} == --some ]]; then some=1; shift; fi
[[ $# == 1 && -d $1 ]] || { echo "usage: scripts/krew-manifest.sh [--some] ARCHIVE_DIRECTORY" >&2; exit 2; }
directory=$1

filled=$(grep -v '^#' "$here/../.krew.yaml")
filled=${filled//'{{tag}}'/"v$version"}
filled=${filled//'{{url}}'/"$AKQUEUE_RELEASE_URL"}

# What comes before the platforms, then each of them, with its archive's sum.
platforms="  - selector:"
manifest=${filled%%"$platforms"*}
rest=${filled#"$manifest"}
while [[ -n $rest ]]; do
  rest=${rest#"$platforms"}
  platform=${rest%%"$platforms"*}
  rest=${rest#"$platform"}
  archive=$(sed -n 's|^    uri: .*/||p' <<< "$platform")
  if [[ -e $directory/$archive ]]; then
    manifest+=$platforms${platform/'{{sha256}}'/$(sha256sum "$directory/$archive" | cut -d' ' -f1)}
  elif [[ -z $some ]]; then
    echo "error: $directory has no $archive" >&2
    echo "hint: scripts/release.sh makes it" >&2
    exit 1
  fi
done
[[ $manifest == *"$platforms"* ]] || { echo "error: $directory has no archive of v$version" >&2; exit 1; }
printf '%s\n' "${manifest%$'\n'}" > "$directory/akqueue.yaml"

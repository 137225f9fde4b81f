#!/usr/bin/env bash
# Fetches the sources of the libraries in a release, from the source packages of this machine's Debian release, and
# prints the directory where they are laid out for cmake/libraries:
#
#   boost/include/boost  boost/src/program_options  sqlite/sqlite3.c  utf8proc/*.c  zlib/*.c  libdeflate/lib  fmt/include  nlohmann-json
#   licences/*  origin.json
#
# origin.json has the source package and version of each, with the checksums of its files.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/settings"

mkdir -p "$cache"
exec 9>"$cache/sources.lock"
flock 9
# Boost's source package has its release in its name; the -dev package says which one is Debian's default.
boost=$(apt-cache depends libboost-dev | sed -n 's/^ *Depends: libboost\([0-9.]*\)-dev$/boost\1/p' | head -1)
[[ -n $boost ]] || { echo "error: apt does not know libboost-dev, which tells Boost's version" >&2; echo "hint: apt-get update" >&2; exit 1; }
packages=("$boost" fmtlib libdeflate nlohmann-json3 sqlite3 utf8proc zlib)

# Makes a list of sources from the machine's own package lists: the same places and the same keys; nothing in /etc is
# changed.
apt=$(mktemp -d "$cache/apt.XXXXXX")
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
own=(-o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root -o Acquire::Retries=3)
sources_of() {
  apt-get "$@" indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' 'Origin: Debian' |
    awk '!seen[$0]++ { print "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] " $0 }' > "$apt/sources.list"
  [[ -s $apt/sources.list ]]
}
if ! sources_of; then  # nobody has run apt-get update here
  apt-get -qq "${own[@]}" update >&2
  sources_of "${own[@]}" || { echo "error: apt's sources have no Debian repository" >&2; exit 1; }
fi
private=(-qq "${own[@]}" -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null)
apt-get "${private[@]}" update >&2

# Named after what would be fetched: other versions get another directory.
wanted=$(cd "$apt" && apt-get "${private[@]}" source --print-uris "${packages[@]}" | awk '{ print $2, $4 }' | sort)
inputs=$( (echo "$wanted"; cat "${BASH_SOURCE[0]}") | sha256sum)
laid=$cache/sources-${inputs:0:16}
if [[ -e $laid/origin.json ]]; then
  echo "$laid"
  exit
fi

echo "fetching the sources of ${packages[*]}" >&2
work=$(mktemp -d "$cache/unpacking.XXXXXX")
trap 'rm -rf "$apt" "$work"' EXIT
mkdir "$work/came"
# apt checks the files against the signed lists.
(cd "$work/came" && apt-get "${private[@]}" source --download-only "${packages[@]}" >&2)
for package in "${packages[@]}"; do
  dpkg-source --no-check -x "$work/came/$package"_*.dsc "$work/$package" >/dev/null
done

mkdir -p "$work/laid"/{boost/include,boost/src,sqlite,utf8proc,zlib,licences}
# There each of Boost's libraries has its own folder of headers; programs expect a single one.
find "$work/$boost/libs" -type d -path '*/include/boost' -print0 | sort -z | xargs -0 -I{} cp -r {} "$work/laid/boost/include/"
mkdir "$work/laid/boost/src/program_options"
cp "$work/$boost"/libs/program_options/src/*.cpp "$work/laid/boost/src/program_options/"
rm "$work/laid/boost/src/program_options/winmain.cpp"  # not ours to link: it splits the command line of a program with windows
cp "$work/$boost/LICENSE_1_0.txt" "$work/laid/licences/boost"

# SQLite is compiled as the single file that its own build generates.
(cd "$work/sqlite3" && ./configure >/dev/null 2>&1 && make sqlite3.c >/dev/null)
cp "$work"/sqlite3/sqlite3.[ch] "$work/laid/sqlite/"
cp "$work/sqlite3/LICENSE.md" "$work/laid/licences/sqlite"

# Its data is a source file too, included by the other one.
cp "$work"/utf8proc/utf8proc.[ch] "$work/utf8proc/utf8proc_data.c" "$work/laid/utf8proc/"
cp "$work/utf8proc/LICENSE.md" "$work/laid/licences/utf8proc"

cp "$work"/zlib/*.[ch] "$work/laid/zlib/"
cp "$work/zlib/LICENSE" "$work/laid/licences/zlib"

mkdir "$work/laid/libdeflate"
(cd "$work/libdeflate" && cp -r libdeflate.h common_defs.h lib "$work/laid/libdeflate/")
cp "$work/libdeflate/COPYING" "$work/laid/licences/libdeflate"

# Its headers are all that is used.
mkdir "$work/laid/fmt"
cp -r "$work/fmtlib/include" "$work/laid/fmt/"
cp "$work"/fmtlib/LICENSE* "$work/laid/licences/fmt"

mkdir "$work/laid/nlohmann-json"
(cd "$work/nlohmann-json3" && cp -r CMakeLists.txt cmake include nlohmann_json.natvis LICENSE.MIT "$work/laid/nlohmann-json/")
cp "$work/nlohmann-json3/LICENSE.MIT" "$work/laid/licences/nlohmann-json"

/usr/bin/python3 "$here/origin.py" "$work/came" > "$work/laid/origin.json"
rm -rf "$laid"
mv "$work/laid" "$laid"
echo "$laid"

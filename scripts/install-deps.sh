#!/usr/bin/env bash
# Installs the missing Debian packages for a kind of work:
#   install-deps.sh build|test|cluster|release|release-test|fresh-debian|pictures...
set -euo pipefail

build_packages=(g++ cmake ninja-build libboost-dev libboost-program-options-dev libdeflate-dev libfmt-dev libsqlite3-dev libutf8proc-dev nlohmann-json3-dev zlib1g-dev)
test_packages=(libboost-test-dev postgresql python3 python3-psycopg python3-pytest python3-pexpect git jq procps clang groff-base python3-yaml python3-jsonschema pgbouncer openssl)
cluster_packages=(openssl util-linux ca-certificates)
release_packages=(ca-certificates dpkg-dev xz-utils bzip2 tcl make gcc libc6-dev zip git python3 qemu-user-static)
release_test_packages=(wine wine64 lintian)
fresh_debian_packages=(debootstrap util-linux git)
pictures_packages=(tmux python3-matplotlib python3-rich jq)

kinds=" $* "
wanted=()
for kind in "${@:-none}"; do
  case $kind in
    build) wanted+=("${build_packages[@]}") ;;
    test) wanted+=("${build_packages[@]}" "${test_packages[@]}") ;;
    cluster) wanted+=("${build_packages[@]}" "${test_packages[@]}" "${cluster_packages[@]}") ;;
    release) wanted+=("${build_packages[@]}" "${release_packages[@]}") ;;
    release-test) wanted+=("${build_packages[@]}" "${release_packages[@]}" "${release_test_packages[@]}") ;;
    fresh-debian) wanted+=("${fresh_debian_packages[@]}") ;;
    pictures) wanted+=("${pictures_packages[@]}") ;;
    *) echo "usage: install-deps.sh build|test|cluster|release|release-test|fresh-debian|pictures..." >&2; exit 2 ;;
  esac
done
testing=
[[ $kinds != *" test "* && $kinds != *" cluster "* ]] || testing=1

missing=()
for package in "${wanted[@]}"; do
  [[ " ${missing[*]} " == *" $package "* ]] && continue
  [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == "install ok installed" ]] || missing+=("$package")
done
# Any kubectl will do for the tests; Debian's own if there is none.
if [[ -n $testing ]] && ! command -v kubectl >/dev/null; then missing+=(kubernetes-client); fi
# The sanitizers' runtime comes in a package for the compiler's version.
clang_runtime() { apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p'; }
if [[ -n $testing ]] && [[ " ${missing[*]} " != *" clang "* ]]; then
  runtime=$(clang_runtime)
  [[ -z $runtime || $(dpkg-query -W -f='${Status}' "$runtime" 2>/dev/null) == "install ok installed" ]] || missing+=("$runtime")
fi
# clang-format, clang-tidy, zig, and Go if there is none that is new enough, come from Python packages.
if [[ -n $testing || $kinds == *" release"* ]] && ! command -v pip3 >/dev/null; then missing+=(python3-pip); fi
((${#missing[@]} == 0)) && exit 0

echo "installing ${missing[*]}"
as_root=(env DEBIAN_FRONTEND=noninteractive)
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    printf 'error: packages are missing, and there is no sudo to install them with\nhint: as root: apt-get install %s\n' "${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo "${as_root[@]}")  # sudo keeps no variables
fi
"${as_root[@]}" apt-get update -qq
if [[ " ${missing[*]} " == *" clang "* ]]; then missing+=("$(clang_runtime)"); fi
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

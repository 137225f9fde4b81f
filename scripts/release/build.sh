#!/usr/bin/env bash
# Builds one target and packs its archive, and for Linux the same as a Debian package:
#   build.sh TARGET BUILD_DIRECTORY ZIG_TOOLS SOURCES ARCHIVE_DIRECTORY
#
# The archive does not depend on the names of the directories: no path, time or user name gets into it. The time of
# everything in it is SOURCE_DATE_EPOCH.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
source "$here/settings"
optimization="${AKQUEUE_RELEASE_OPTIMIZATION--O2} -DNDEBUG"
target=$1 build=$2 zig=$3 sources=$4 archives=$5

echo "building $target in $build" >&2
mkdir -p "$build" "$archives"
# Without optimization zig adds checks for undefined behaviour, whose messages contain paths.
flags=(-fno-sanitize=undefined -ffile-prefix-map="$build"=build -ffile-prefix-map="$root"=akqueue -ffile-prefix-map="$sources"=sources -ffile-prefix-map="$zig"=zig)
options=(-G Ninja -DCMAKE_TOOLCHAIN_FILE="$root/cmake/zig.cmake" -DAKQUEUE_ZIG_TOOLS="$zig" -DAKQUEUE_TARGET="$target"
         -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="$optimization" -DCMAKE_CXX_FLAGS_RELEASE="$optimization"
         -DCMAKE_C_FLAGS="${flags[*]}" -DCMAKE_EXE_LINKER_FLAGS=-s)
# Boost before 1.81 uses std::unary_function and std::result_of, which C++17 and C++20 removed.
options+=(-DCMAKE_CXX_FLAGS="${flags[*]} -D_LIBCPP_ENABLE_CXX17_REMOVED_UNARY_BINARY_FUNCTION -D_LIBCPP_ENABLE_CXX20_REMOVED_TYPE_TRAITS")
if command -v ccache >/dev/null && [[ -z ${CCACHE_DISABLE-} ]]; then
  # A compiler cache can't identify zig's wrappers.
  export CCACHE_COMPILERTYPE=clang CCACHE_COMPILERCHECK="string:$(basename "$zig")" CCACHE_SLOPPINESS=pch_defines,time_macros
  options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi

# quietly COMMAND...: shows what it prints only if it fails.
quietly() {
  "$@" > "$build/log" 2>&1 && return
  tail -n 60 "$build/log" >&2
  echo "error: $target could not be built: ${*:1:3} …" >&2
  exit 1
}
quietly cmake -S "$root/cmake/libraries" -B "$build/libraries" "${options[@]}" -DAKQUEUE_SOURCES="$sources" -DCMAKE_INSTALL_PREFIX="$build/prefix"
quietly cmake --build "$build/libraries"
quietly cmake --install "$build/libraries"

"$here/notices.sh" "$target" "$zig" "$sources" > "$build/NOTICES"
programs=(kubectl-akqueue akqueue-sim) built=(kubectl-akqueue akqueue-sim)
options+=(-DAKQUEUE_NOTICES="$build/NOTICES")
case $target in
  windows-*)  # the simulator does not run there
    programs=(kubectl-akqueue) built=(kubectl-akqueue)
    options+=(-DAKQUEUE_SIMULATOR=OFF) ;;
  linux-amd64) built=(all) options+=(-DCMAKE_CROSSCOMPILING_EMULATOR=/usr/bin/env) ;;  # the program prints the man page
  linux-arm64)
    emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64) || { echo "error: making the man page needs qemu-aarch64" >&2; exit 1; }
    built=(all) options+=(-DCMAKE_CROSSCOMPILING_EMULATOR="$emulator") ;;
esac
quietly cmake -S "$root" -B "$build/program" "${options[@]}" -DAKQUEUE_TESTS=OFF -DAKQUEUE_UNITY=ON \
  -DCMAKE_FIND_ROOT_PATH="$build/prefix;$sources" -DCMAKE_PREFIX_PATH="$build/prefix" \
  -DBoost_NO_BOOST_CMAKE=ON -DBoost_INCLUDE_DIR="$sources/boost/include" \
  -DBoost_PROGRAM_OPTIONS_LIBRARY_RELEASE="$build/prefix/lib/libboost_program_options.a"
quietly cmake --build "$build/program" --target "${built[@]}"

rm -rf "$build/packed"
mkdir "$build/packed"
suffix=
[[ $target != windows-* ]] || suffix=.exe
for program in "${programs[@]}"; do install -m 755 "$build/program/bin/$program$suffix" "$build/packed/"; done
install -m 644 "$root/LICENSE" "$root/README.md" "$root/CHANGELOG.md" "$build/packed/"
install -m 644 "$build/NOTICES" "$build/packed/"

find "$build/packed" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
archive=$archives/$(archive_of "$target")
cd "$build/packed"
if [[ $archive == *.zip ]]; then
  rm -f "$archive"
  LC_ALL=C TZ=UTC zip -q -X -9 "$archive" $(printf '%s\n' * | sort)
else
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=ustar -cf - -- * | gzip -9n > "$archive"
fi
if [[ $target == linux-* ]]; then
  rm -rf "$build/debian"
  quietly cpack --config "$build/program/CPackConfig.cmake" -G DEB -B "$build/debian"
  cp "$build/debian"/*.deb "$archives/"
fi

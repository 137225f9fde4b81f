# Cross builds with zig's Clang, which includes each system's C library, libc++ and linker: scripts/release.sh.
#
#   AKQUEUE_ZIG_TOOLS  the directory of cc, c++, ar and ranlib, wrappers of zig
#   AKQUEUE_TARGET     linux-amd64 | linux-arm64 (static, musl) | darwin-amd64 | darwin-arm64 | windows-amd64
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES AKQUEUE_ZIG_TOOLS AKQUEUE_TARGET)
if(AKQUEUE_TARGET MATCHES "-amd64$")
  set(CMAKE_SYSTEM_PROCESSOR x86_64)
else()
  set(CMAKE_SYSTEM_PROCESSOR aarch64)
endif()
if(AKQUEUE_TARGET MATCHES "^linux-")
  set(CMAKE_SYSTEM_NAME Linux)
  set(triple ${CMAKE_SYSTEM_PROCESSOR}-linux-musl)
elseif(AKQUEUE_TARGET MATCHES "^darwin-")
  set(CMAKE_SYSTEM_NAME Darwin)
  set(triple ${CMAKE_SYSTEM_PROCESSOR}-macos.12.0)  # the oldest macOS on which it runs
  # zig finds the system's headers and libraries by itself; CMake would look for Apple's SDK.
  set(CMAKE_OSX_SYSROOT "")
  set(CMAKE_OSX_DEPLOYMENT_TARGET "")
elseif(AKQUEUE_TARGET STREQUAL "windows-amd64")
  set(CMAKE_SYSTEM_NAME Windows)
  set(triple x86_64-windows-gnu)
else()
  message(FATAL_ERROR "AKQUEUE_TARGET is '${AKQUEUE_TARGET}', which scripts/release.sh does not know")
endif()

set(CMAKE_C_COMPILER ${AKQUEUE_ZIG_TOOLS}/cc)
set(CMAKE_CXX_COMPILER ${AKQUEUE_ZIG_TOOLS}/c++)
set(CMAKE_C_COMPILER_TARGET ${triple})
set(CMAKE_CXX_COMPILER_TARGET ${triple})
set(CMAKE_AR ${AKQUEUE_ZIG_TOOLS}/ar CACHE FILEPATH "")
set(CMAKE_RANLIB ${AKQUEUE_ZIG_TOOLS}/ranlib CACHE FILEPATH "")
# CMake's test programs can't run here.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()

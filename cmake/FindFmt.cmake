# fmt::fmt-header-only: {fmt}, of which headers alone are used. Debian's package has a configuration for CMake that wants the
# library as well, which no release is built with.
find_path(FMT_INCLUDE_DIR fmt/format.h)
mark_as_advanced(FMT_INCLUDE_DIR)

if(FMT_INCLUDE_DIR)
  # 90100 is 9.1.0; from 11 on it stands in base.h.
  foreach(header core base)
    if(NOT Fmt_VERSION AND EXISTS ${FMT_INCLUDE_DIR}/fmt/${header}.h)
      file(STRINGS ${FMT_INCLUDE_DIR}/fmt/${header}.h line REGEX "^#define FMT_VERSION +[0-9]+")
      if(line MATCHES "([0-9]+)([0-9][0-9])([0-9][0-9])$")
        math(EXPR minor "1${CMAKE_MATCH_2} - 100")
        math(EXPR patch "1${CMAKE_MATCH_3} - 100")
        set(Fmt_VERSION ${CMAKE_MATCH_1}.${minor}.${patch})
      endif()
    endif()
  endforeach()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Fmt REQUIRED_VARS FMT_INCLUDE_DIR VERSION_VAR Fmt_VERSION)

if(Fmt_FOUND AND NOT TARGET fmt::fmt-header-only)
  add_library(fmt::fmt-header-only INTERFACE IMPORTED)
  set_target_properties(fmt::fmt-header-only PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${FMT_INCLUDE_DIR}
                                                        INTERFACE_COMPILE_DEFINITIONS FMT_HEADER_ONLY)
endif()

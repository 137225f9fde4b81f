# libdeflate::libdeflate: gzip in one go, three times as fast as zlib. Debian 12's package has no CMake configuration.
find_path(LIBDEFLATE_INCLUDE_DIR libdeflate.h)
find_library(LIBDEFLATE_LIBRARY NAMES deflate deflatestatic)
mark_as_advanced(LIBDEFLATE_INCLUDE_DIR LIBDEFLATE_LIBRARY)

if(LIBDEFLATE_INCLUDE_DIR)
  file(STRINGS ${LIBDEFLATE_INCLUDE_DIR}/libdeflate.h line REGEX "^#define LIBDEFLATE_VERSION_STRING")
  string(REGEX MATCH "[0-9][0-9.]*" Libdeflate_VERSION "${line}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libdeflate REQUIRED_VARS LIBDEFLATE_LIBRARY LIBDEFLATE_INCLUDE_DIR VERSION_VAR Libdeflate_VERSION)

if(Libdeflate_FOUND AND NOT TARGET libdeflate::libdeflate)
  add_library(libdeflate::libdeflate UNKNOWN IMPORTED)
  set_target_properties(libdeflate::libdeflate PROPERTIES IMPORTED_LOCATION ${LIBDEFLATE_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${LIBDEFLATE_INCLUDE_DIR})
endif()

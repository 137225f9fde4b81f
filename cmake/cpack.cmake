# Read by cpack before it packs. Without these it would leave out, with one line of its own, what the package depends on.
if(CPACK_GENERATOR STREQUAL "DEB" AND CPACK_DEBIAN_PACKAGE_SHLIBDEPS)
  foreach(program file dpkg-shlibdeps)
    find_program(found_${program} ${program})
    if(NOT found_${program})
      message(FATAL_ERROR "a Debian package needs ${program}: apt-get install file dpkg-dev")
    endif()
  endforeach()
endif()

# Read by cpack before it packs. Without these programs it would leave out the package's dependencies, with only a
# notice.
if(CPACK_GENERATOR STREQUAL "DEB" AND CPACK_DEBIAN_PACKAGE_SHLIBDEPS)
  foreach(program file dpkg-shlibdeps)
    find_program(found_${program} ${program})
    if(NOT found_${program})
      message(FATAL_ERROR "a Debian package needs ${program}: apt-get install file dpkg-dev")
    endif()
  endforeach()
endif()

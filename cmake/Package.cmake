# Where `cmake --install` puts what, and the Debian package of `cpack -G DEB` in the build directory: from a build for
# this machine one that needs this Debian's libraries, from a release build (scripts/release.sh) one that needs none.
include(GNUInstallDirs)
set(documents ${CMAKE_INSTALL_DATAROOTDIR}/doc/kubectl-akqueue)
install(FILES README.md CHANGELOG.md DESTINATION ${documents})
install(DIRECTORY docs/ DESTINATION ${documents}/docs FILES_MATCHING PATTERN "*.md" PATTERN "schemas/*.json")
# Debian's policy wants a licence under this name.
install(FILES LICENSE DESTINATION ${documents} RENAME copyright)
install(DIRECTORY contrib/ DESTINATION ${documents}/examples)

# It also wants a changelog of the package itself, apart from the program's CHANGELOG.md.
string(TIMESTAMP packaged "%a, %d %b %Y %H:%M:%S +0000" UTC)  # or SOURCE_DATE_EPOCH
set(package_author "the kubectl-akqueue authors <kubectl-akqueue@example.invalid>")
configure_file(cmake/changelog.Debian.in changelog.Debian @ONLY)
add_custom_command(OUTPUT changelog.Debian.gz COMMAND gzip -9n < changelog.Debian > changelog.Debian.gz DEPENDS ${CMAKE_BINARY_DIR}/changelog.Debian VERBATIM)
add_custom_target(debian_changelog ALL DEPENDS ${CMAKE_BINARY_DIR}/changelog.Debian.gz)
install(FILES ${CMAKE_BINARY_DIR}/changelog.Debian.gz DESTINATION ${documents})

set(CPACK_PACKAGE_NAME kubectl-akqueue)
set(CPACK_PACKAGE_VENDOR "the kubectl-akqueue authors")
set(CPACK_PACKAGE_CONTACT "${package_author}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "kubernetes-client | kubectl")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Shows what is queued, clears the right part of it in short transactions with
a backup first, and watches where the queue is going. akqueue-sim makes
worlds to rehearse on without a cluster.")
if(AKQUEUE_TARGET)
  # Stripped and static: no tool here can examine that system's programs, and none has to.
  set(AKQUEUE_NOTICES "" CACHE FILEPATH "the licences of what is linked in")
  if(AKQUEUE_NOTICES)
    install(FILES ${AKQUEUE_NOTICES} DESTINATION ${documents} RENAME NOTICES)
  endif()
  install(FILES cmake/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/lintian/overrides RENAME kubectl-akqueue)
  string(REGEX REPLACE ".*-" "" CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${AKQUEUE_TARGET})
else()
  set(CPACK_STRIP_FILES ON)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/cmake/cpack.cmake)
include(CPack)

# What `cmake --install` puts where, and `cpack -G DEB` in the build directory as a Debian package.
include(GNUInstallDirs)
set(documents ${CMAKE_INSTALL_DATAROOTDIR}/doc/kubectl-akqueue)
install(FILES README.md CHANGELOG.md DESTINATION ${documents})
install(DIRECTORY docs/ DESTINATION ${documents} FILES_MATCHING PATTERN "*.md")
# Debian's policy wants a licence under this name.
install(FILES LICENSE DESTINATION ${documents} RENAME copyright)

# So does it want the package's own changes, apart from the program's, which CHANGELOG.md tells.
string(TIMESTAMP packaged "%a, %d %b %Y %H:%M:%S +0000" UTC)  # or SOURCE_DATE_EPOCH
set(package_author "the kubectl-akqueue authors <kubectl-akqueue@example.invalid>")
configure_file(cmake/changelog.Debian.in changelog.Debian @ONLY)
add_custom_command(OUTPUT changelog.Debian.gz COMMAND gzip -9n < changelog.Debian > changelog.Debian.gz DEPENDS ${CMAKE_BINARY_DIR}/changelog.Debian VERBATIM)
add_custom_target(debian_changelog ALL DEPENDS ${CMAKE_BINARY_DIR}/changelog.Debian.gz)
install(FILES ${CMAKE_BINARY_DIR}/changelog.Debian.gz DESTINATION ${documents})

set(CPACK_PACKAGE_NAME kubectl-akqueue)
set(CPACK_PACKAGE_VENDOR "the kubectl-akqueue authors")
set(CPACK_PACKAGE_CONTACT "${package_author}")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "kubernetes-client | kubectl")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Shows what is queued, clears the right part of it in short transactions with
a backup first, and watches where the queue is going. akqueue-sim makes
worlds to rehearse on without a cluster.")
include(CPack)

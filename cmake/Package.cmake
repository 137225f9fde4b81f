# What `cmake --install` puts where, and `cpack -G DEB` in the build directory as a Debian package.
include(GNUInstallDirs)
set(documents ${CMAKE_INSTALL_DATAROOTDIR}/doc/kubectl-akqueue)
install(FILES README.md CHANGELOG.md DESTINATION ${documents})
install(DIRECTORY docs/ DESTINATION ${documents} FILES_MATCHING PATTERN "*.md")
# Debian's policy wants a licence under this name.
install(FILES LICENSE DESTINATION ${documents} RENAME copyright)

set(CPACK_PACKAGE_NAME kubectl-akqueue)
set(CPACK_PACKAGE_VENDOR "the kubectl-akqueue authors")
set(CPACK_PACKAGE_CONTACT "the kubectl-akqueue authors <kubectl-akqueue@example.invalid>")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "kubernetes-client | kubectl")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "${PROJECT_DESCRIPTION}
 Shows what is queued, clears the right part of it in short transactions with
 a backup first, and watches where the queue is going. akqueue-sim makes
 worlds to rehearse on without a cluster.")
include(CPack)

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS pgrepo EXPORT pgrepo-targets
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILE_SET tails DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT pgrepo-targets
    NAMESPACE pgrepo::
    FILE pgrepoTargets.cmake
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/pgrepo")

configure_package_config_file(cmake/pgrepoConfig.cmake.in pgrepoConfig.cmake
    INSTALL_DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/pgrepo"
    NO_SET_AND_CHECK_MACRO)
# Nothing is compiled into the package, so it serves any architecture.
write_basic_package_version_file(pgrepoConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
        "${CMAKE_CURRENT_BINARY_DIR}/pgrepoConfig.cmake"
        "${CMAKE_CURRENT_BINARY_DIR}/pgrepoConfigVersion.cmake"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/pgrepo")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")

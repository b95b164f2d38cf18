include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Nothing is compiled into the package, so it serves any architecture: its files go where those of one do not.
set(PGREPO_INSTALL_CMAKEDIR "${CMAKE_INSTALL_DATADIR}/cmake/pgrepo")
set(PGREPO_INSTALL_PCDIR "${CMAKE_INSTALL_DATADIR}/pkgconfig")

install(TARGETS pgrepo EXPORT pgrepo-targets
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development
    FILE_SET tails DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development)
install(EXPORT pgrepo-targets
    NAMESPACE pgrepo::
    FILE pgrepoTargets.cmake
    DESTINATION "${PGREPO_INSTALL_CMAKEDIR}"
    COMPONENT development)

configure_package_config_file(cmake/pgrepoConfig.cmake.in pgrepoConfig.cmake
    INSTALL_DESTINATION "${PGREPO_INSTALL_CMAKEDIR}"
    NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(pgrepoConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
        "${CMAKE_CURRENT_BINARY_DIR}/pgrepoConfig.cmake"
        "${CMAKE_CURRENT_BINARY_DIR}/pgrepoConfigVersion.cmake"
        cmake/PgrepoCompiled.cmake
    DESTINATION "${PGREPO_INSTALL_CMAKEDIR}"
    COMPONENT development)

# Relative to the file itself, so that an installed tree can be moved.
cmake_path(ABSOLUTE_PATH PGREPO_INSTALL_PCDIR BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}" OUTPUT_VARIABLE pc_directory)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY "${pc_directory}" OUTPUT_VARIABLE PGREPO_PC_TO_PREFIX)
set(PGREPO_PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
    set(PGREPO_PC_INCLUDEDIR "${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file(cmake/pgrepo.pc.in pgrepo.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/pgrepo.pc" DESTINATION "${PGREPO_INSTALL_PCDIR}"
    COMPONENT development)

install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT licence)

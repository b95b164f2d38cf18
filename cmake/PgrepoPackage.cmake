# `cpack -G DEB` in a build directory: libpgrepo-dev_<version>_all.deb, for a machine where find_package and pkg-config
# shall find pgrepo without a prefix. For a build of pgrepo itself only.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "pgrepo")
set(CPACK_PACKAGE_CONTACT "The pgrepo authors") # a field that dpkg wants filled; no address is made up for it
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION
    "A plain struct is the schema: pgrepo maps structs to tables by field names, checks
repositories and statements when they are compiled, and talks to PostgreSQL in binary
through libpq, over a bounded pool.
This package holds headers only, with what CMake and pkg-config need to find them.")

set(CPACK_DEBIAN_PACKAGE_NAME libpgrepo-dev)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS OFF) # there is no binary in it
# Debian 12 has Boost 1.81 beside its default 1.74, which is too old; later ones have newer defaults.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libpq-dev (>= 14), libfmt-dev, libboost1.81-dev | libboost-dev (>= 1.81)")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)

# The licence stands where Debian looks for it, and only there.
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_PACKAGE_NAME}" RENAME copyright
    COMPONENT debian EXCLUDE_FROM_ALL)
set(CPACK_INSTALL_CMAKE_PROJECTS
    "${PROJECT_BINARY_DIR};${PROJECT_NAME};development;/"
    "${PROJECT_BINARY_DIR};${PROJECT_NAME};debian;/")
include(CPack)

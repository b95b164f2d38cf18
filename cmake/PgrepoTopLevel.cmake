# For a build of pgrepo itself only. None of this reaches a project that uses pgrepo.

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(PGREPO_CCACHE ccache)
mark_as_advanced(PGREPO_CCACHE)
if(PGREPO_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${PGREPO_CCACHE}")
endif()

# clang's sanitizer builds spend a fifth of their time in the system's default linker.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    string(REGEX MATCH "^[0-9]+" major "${CMAKE_CXX_COMPILER_VERSION}")
    find_program(PGREPO_LLD NAMES "ld.lld-${major}")
    mark_as_advanced(PGREPO_LLD)
    if(PGREPO_LLD)
        add_link_options(-fuse-ld=lld)
    endif()
endif()

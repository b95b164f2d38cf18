# pgrepo::compiled is pgrepo::pgrepo with the part that talks to libpq compiled once, into a static library, instead of in
# each file of the user's. It is built inside the project that uses it, with that project's flags (sanitizers, standard,
# visibility), and only where something links it. Read by pgrepo's own CMakeLists.txt and by the installed package.

get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
# A package may be looked for in several folders of one project.
if(TARGET pgrepo_compiled OR NOT "CXX" IN_LIST languages)
    return()
endif()

file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/pgrepo_compiled.cpp" CONTENT "#include <pgrepo/src.hpp>\n")
add_library(pgrepo_compiled STATIC EXCLUDE_FROM_ALL "${CMAKE_CURRENT_BINARY_DIR}/pgrepo_compiled.cpp")
add_library(pgrepo::compiled ALIAS pgrepo_compiled)
target_link_libraries(pgrepo_compiled PUBLIC pgrepo::pgrepo)
target_compile_definitions(pgrepo_compiled PUBLIC PGREPO_SEPARATE_COMPILATION)
if(NOT DEFINED CMAKE_POSITION_INDEPENDENT_CODE) # so that it can become a part of a shared library
    set_target_properties(pgrepo_compiled PROPERTIES POSITION_INDEPENDENT_CODE ON)
endif()

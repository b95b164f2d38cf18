# How pgrepo's own tests, examples and benchmarks are declared.
#
#   pgrepo_test(<label> <name> SOURCES <file>… [NO_LIBPQ | HEADER_ONLY] [OWN_INCLUDES] [TIMEOUT <s>] [RUN_SERIAL]
#               [DEFINITIONS <d>…] [LIBRARIES <l>…])
#       a Boost.Test executable test_<label>_<name>, the CTest test <label>.<name>. The sources hold test cases
#       only: main() is ours (tests/support/main.cpp). Tests of a label that needs a server end with 77, "skipped",
#       and say why, when the environment names none. It links pgrepo::compiled, which is compiled once for all of them;
#       HEADER_ONLY: pgrepo::pgrepo, as most users will. NO_LIBPQ: header-only, and without libpq, proof that it is not
#       needed. OWN_INCLUDES: without the precompiled header, for a test that changes what a header means; so does DEFINITIONS.
#   pgrepo_compile_fail(<name>)
#       tests/compile_fail/<name>.cpp must not compile, with the words that its comments expect; with
#       -DPGREPO_TWIN it must. See cmake/CompileFail.cmake for the comments.
#   pgrepo_script_test(<label> <name> <command>… [TIMEOUT <s>] [RUN_SERIAL] [INPUTS <file, directory or word>…])
#       any command as a test; its exit code decides, 77 is "skipped". With INPUTS it is not run again while they are
#       what they were when it last passed.

set(PGREPO_LABELS unit sql compile_fail integration examples packaging docs faults stress fuzz bench_gate)
set(PGREPO_SERVER_LABELS integration faults stress)

set(PGREPO_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
option(PGREPO_WARNINGS_AS_ERRORS "Treat warnings in pgrepo's own tests and examples as errors" OFF)
if(PGREPO_WARNINGS_AS_ERRORS)
    list(APPEND PGREPO_WARNINGS -Werror)
endif()

# pgrepo's headers as one's own and not as a system's: their warnings are ours to see.
add_library(pgrepo_development INTERFACE)
target_compile_options(pgrepo_development INTERFACE ${PGREPO_WARNINGS})
target_compile_definitions(pgrepo_development INTERFACE "PGREPO_SOURCE_DIR=\"${pgrepo_SOURCE_DIR}\"")

# One target per label, so that a run of one label builds no more than it needs.
foreach(label IN LISTS PGREPO_LABELS)
    if(NOT TARGET tests_${label})
        add_custom_target(tests_${label})
    endif()
endforeach()

# What nearly all tests include is parsed once per build instead of once per test: half of what they cost. It hides an include
# that a test forgot, so one of CI's builds, clang16-debug of unit and sql, goes without. Headers of the library are compiled alone by
# scripts/check, and never see it.
option(PGREPO_PRECOMPILE_TESTS "Parse what most tests include once, as a precompiled header" ON)

# pgrepo_test_libraries(<target> [NO_LIBPQ | HEADER_ONLY] [OWN_INCLUDES])
#     What every executable of Boost.Test cases is compiled and linked with.
function(pgrepo_test_libraries target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "NO_LIBPQ;HEADER_ONLY;OWN_INCLUDES" "" "")
    if(arg_NO_LIBPQ)
        target_compile_features(${target} PRIVATE cxx_std_20)
        target_include_directories(${target} PRIVATE "${pgrepo_SOURCE_DIR}/include")
        target_link_libraries(${target} PRIVATE fmt::fmt Boost::headers Threads::Threads)
        set(kind no_libpq)
    elseif(arg_HEADER_ONLY)
        target_link_libraries(${target} PRIVATE pgrepo::pgrepo)
        set(kind header_only)
    else()
        target_link_libraries(${target} PRIVATE pgrepo::compiled)
        set(kind compiled)
    endif()
    target_link_libraries(${target} PRIVATE pgrepo_development Boost::unit_test_framework)
    target_include_directories(${target} PRIVATE "${pgrepo_SOURCE_DIR}/tests")
    target_compile_definitions(${target} PRIVATE BOOST_TEST_DYN_LINK)
    if(TARGET pgrepo_test_precompiled_${kind} AND NOT arg_OWN_INCLUDES)
        target_precompile_headers(${target} REUSE_FROM pgrepo_test_precompiled_${kind})
    endif()
endfunction()

function(_pgrepo_check_label label)
    if(NOT label IN_LIST PGREPO_LABELS)
        message(FATAL_ERROR "pgrepo: '${label}' is no test label; these are: ${PGREPO_LABELS}")
    endif()
endfunction()

function(pgrepo_test label name)
    _pgrepo_check_label(${label})
    cmake_parse_arguments(PARSE_ARGV 2 arg "NO_LIBPQ;HEADER_ONLY;OWN_INCLUDES;RUN_SERIAL" "TIMEOUT" "SOURCES;DEFINITIONS;LIBRARIES")
    if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
        message(FATAL_ERROR "pgrepo_test(${label} ${name}): SOURCES missing, or not understood: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    foreach(source IN LISTS arg_SOURCES)
        file(STRINGS "${source}" module REGEX "^#define BOOST_TEST_(MODULE|MAIN)")
        if(module)
            message(FATAL_ERROR "${source}: remove BOOST_TEST_MODULE; main() is in tests/support/main.cpp")
        endif()
    endforeach()
    set(target test_${label}_${name})
    set(main pgrepo_test_main)
    if(label IN_LIST PGREPO_SERVER_LABELS)
        set(main pgrepo_test_main_with_server)
    endif()
    add_executable(${target} ${arg_SOURCES} $<TARGET_OBJECTS:${main}>)
    set(how "")
    foreach(option IN ITEMS NO_LIBPQ HEADER_ONLY OWN_INCLUDES)
        if(arg_${option})
            list(APPEND how ${option})
        endif()
    endforeach()
    if(arg_DEFINITIONS)
        list(APPEND how OWN_INCLUDES)
        target_compile_definitions(${target} PRIVATE ${arg_DEFINITIONS})
    endif()
    pgrepo_test_libraries(${target} ${how})
    target_link_libraries(${target} PRIVATE ${arg_LIBRARIES})
    add_dependencies(tests_${label} ${target})
    add_test(NAME ${label}.${name} COMMAND ${target})
    _pgrepo_test_properties(${label}.${name} ${label} "${arg_TIMEOUT}")
    if(arg_RUN_SERIAL)
        set_tests_properties(${label}.${name} PROPERTIES RUN_SERIAL TRUE)
    endif()
endfunction()

function(_pgrepo_test_properties test label timeout)
    if(NOT timeout)
        set(timeout 300)
    endif()
    set_tests_properties(${test} PROPERTIES LABELS ${label} TIMEOUT ${timeout} SKIP_RETURN_CODE 77
        ENVIRONMENT BOOST_TEST_COLOR_OUTPUT=0)
endfunction()

function(pgrepo_script_test label name)
    _pgrepo_check_label(${label})
    cmake_parse_arguments(PARSE_ARGV 2 arg "RUN_SERIAL" "TIMEOUT" "INPUTS")
    set(unless "")
    if(arg_INPUTS)
        set(unless "${pgrepo_SOURCE_DIR}/scripts/lib/unless-unchanged" "${CMAKE_CURRENT_BINARY_DIR}/${name}.passed"
            ${arg_INPUTS} --)
    endif()
    add_test(NAME ${label}.${name} COMMAND ${unless} ${arg_UNPARSED_ARGUMENTS}
        WORKING_DIRECTORY "${pgrepo_SOURCE_DIR}")
    _pgrepo_test_properties(${label}.${name} ${label} "${arg_TIMEOUT}")
    if(arg_RUN_SERIAL)
        set_tests_properties(${label}.${name} PROPERTIES RUN_SERIAL TRUE)
    endif()
endfunction()

function(pgrepo_compile_fail name)
    # What the target gives a user's file, spelled out, since nothing is built here.
    set(includes "")
    foreach(directory IN LISTS PostgreSQL_INCLUDE_DIRS Boost_INCLUDE_DIRS)
        # Named again, a directory that is searched anyway would lose its place in the order.
        if(directory IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
            continue()
        endif()
        list(APPEND includes "-isystem" "${directory}")
    endforeach()
    set(arguments
        "-DINCLUDE=${pgrepo_SOURCE_DIR}/include"
        "-DCOMPILER=${CMAKE_CXX_COMPILER}"
        "-DCOMPILER_ID=${CMAKE_CXX_COMPILER_ID}"
        "-DCOMPILER_VERSION=${CMAKE_CXX_COMPILER_VERSION}"
        "-DPRECOMPILED=${CMAKE_CURRENT_BINARY_DIR}/precompiled")
    if(NOT TEST compile_fail.precompiled_header)
        add_test(NAME compile_fail.precompiled_header COMMAND "${CMAKE_COMMAND}" ${arguments} "-DFLAGS=${includes}"
            -DKIND=precompile "-DSTAMP=${CMAKE_CURRENT_BINARY_DIR}/precompiled.passed"
            -P "${pgrepo_SOURCE_DIR}/cmake/CompileFail.cmake")
        _pgrepo_test_properties(compile_fail.precompiled_header compile_fail "")
        set_tests_properties(compile_fail.precompiled_header PROPERTIES FIXTURES_SETUP pgrepo_precompiled_header)
    endif()
    foreach(kind IN ITEMS case twin)
        set(test compile_fail.${name})
        if(kind STREQUAL "twin")
            string(APPEND test .twin)
        endif()
        add_test(NAME ${test} COMMAND "${CMAKE_COMMAND}" ${arguments} "-DFLAGS=${includes}"
            "-DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/${name}.cpp" -DKIND=${kind}
            "-DSTAMP=${CMAKE_CURRENT_BINARY_DIR}/${test}.passed"
            -P "${pgrepo_SOURCE_DIR}/cmake/CompileFail.cmake")
        _pgrepo_test_properties(${test} compile_fail "")
        set_tests_properties(${test} PROPERTIES FIXTURES_REQUIRED pgrepo_precompiled_header)
    endforeach()
endfunction()

#   pgrepo_example(<name> [LIBRARIES <l>…] [ARGUMENTS <a>…] [EXPECT <regex>…])
#       examples/<name>.cpp as a program, and the test examples.<name>: run on a fresh database with the migrations
#       applied, it must succeed and print what EXPECT lists, in any order.
function(pgrepo_example name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "LIBRARIES;ARGUMENTS;EXPECT")
    add_executable(${name} ${name}.cpp)
    target_link_libraries(${name} PRIVATE pgrepo::pgrepo pgrepo_development ${arg_LIBRARIES})
    add_dependencies(tests_examples ${name})
    if(PGREPO_BUILD_TESTS)
        set(wanted "")
        foreach(regex IN LISTS arg_EXPECT)
            list(APPEND wanted --expect "${regex}")
        endforeach()
        pgrepo_script_test(examples ${name} TIMEOUT "${arg_TIMEOUT}"
            "${pgrepo_SOURCE_DIR}/scripts/lib/on-fresh-database" ${wanted} -- $<TARGET_FILE:${name}> ${arg_ARGUMENTS})
    endif()
endfunction()

# Run by pgrepo_compile_fail() with cmake -P. The file under test says in comments what is expected of it:
#
#   // expect: <text>        the compiler's output must hold this, as plain text or else as a CMake regex;
#                            at least one, and all of them, on every compiler
#   // expect-gcc: <text>    the same, for g++ only; likewise expect-clang
#   // refuse: <text>        the output must not hold this
#   // lines: <n>            the whole output may have at most so many lines (default 15)
#   // errors: <n>           exactly so many errors are reported (not checked by default)
#
# That a file fails to compile proves nothing on its own: a typing mistake does it too. Hence the words, and
# hence the twin: the same file, compiled with -DPGREPO_TWIN, differs only in the mistake and must compile.
#
# KIND is "case", "twin" or "precompile". The last compiles the umbrella header once, for all the files that begin with it:
# most of a case's time is spent there, and what the compiler then says has as many lines as without. The nightly run
# (PGREPO_NIGHTLY) does without, to keep that true.

set(precompiled FALSE)
set(sources "")
if(NOT KIND STREQUAL "precompile")
    set(sources "${SOURCE}")
    file(STRINGS "${SOURCE}" lines REGEX "^ *// (expect|expect-gcc|expect-clang|refuse|lines|errors): ")
    file(STRINGS "${SOURCE}" first_include REGEX "^ *# *include" LIMIT_COUNT 1)
    if(first_include STREQUAL "#include <pgrepo/pgrepo.hpp>" AND NOT DEFINED ENV{PGREPO_NIGHTLY})
        set(precompiled TRUE)
    endif()
    cmake_path(GET SOURCE PARENT_PATH beside)
    file(GLOB beside "${beside}/*.hpp")
    list(APPEND sources ${beside})
endif()

# A compilation costs seconds, and its inputs are known: the file, the headers beside it, every header of ours, the
# compiler, and this script.
file(GLOB_RECURSE headers "${INCLUDE}/*.hpp" "${INCLUDE}/*.ipp")
set(inputs "${COMPILER} ${COMPILER_VERSION} ${FLAGS} ${KIND}\n")
foreach(file IN LISTS headers sources CMAKE_CURRENT_LIST_FILE)
    file(SHA256 "${file}" hash)
    string(APPEND inputs "${file} ${hash}\n")
endforeach()
string(SHA256 key "${inputs}")
if(EXISTS "${STAMP}" AND NOT DEFINED ENV{PGREPO_FRESH})
    file(READ "${STAMP}" passed)
    if(passed STREQUAL key)
        message("unchanged since it passed")
        return()
    endif()
endif()

# English, whatever the developer's locale is: the words are compared.
set(compile "${CMAKE_COMMAND}" -E env LC_ALL=C "${COMPILER}" -std=c++20 -Wall -fno-diagnostics-color)
set(search "-I${INCLUDE}" ${FLAGS})
if(COMPILER_ID STREQUAL "GNU")
    # Found by g++ in place of the header, in the folder searched first.
    set(precompiled_file "${PRECOMPILED}/pgrepo/pgrepo.hpp.gch")
    set(use_precompiled "-I${PRECOMPILED}")
else()
    set(precompiled_file "${PRECOMPILED}/pgrepo.pch")
    set(use_precompiled -include-pch "${precompiled_file}")
endif()

if(KIND STREQUAL "precompile")
    file(MAKE_DIRECTORY "${PRECOMPILED}/pgrepo")
    set(header "${INCLUDE}/pgrepo/pgrepo.hpp")
    if(COMPILER_ID STREQUAL "GNU")
        # A stand-in with a guard of its own, not the header: g++ would not know the header again by its
        # #pragma once when a second file includes it.
        set(header "${PRECOMPILED}/pgrepo/pgrepo.hpp")
        file(REMOVE "${header}") # not written through, should a link of that name lead to the header itself
        file(WRITE "${header}"
            "#ifndef PGREPO_PRECOMPILED\n#define PGREPO_PRECOMPILED\n#include \"${INCLUDE}/pgrepo/pgrepo.hpp\"\n#endif\n")
    endif()
    execute_process(
        COMMAND ${compile} ${search} -x c++-header "${header}" -o "${precompiled_file}"
        RESULT_VARIABLE result
        ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        message("${output}")
        message(FATAL_ERROR "pgrepo/pgrepo.hpp does not compile")
    endif()
    file(WRITE "${STAMP}" "${key}")
    return()
endif()

if(precompiled)
    list(PREPEND search ${use_precompiled})
endif()
set(definitions "")
if(KIND STREQUAL "twin")
    set(definitions -DPGREPO_TWIN)
endif()
execute_process(
    COMMAND ${compile} -fsyntax-only ${search} ${definitions} "${SOURCE}"
    RESULT_VARIABLE result
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output)

if(KIND STREQUAL "twin")
    if(NOT result EQUAL 0)
        message("${output}")
        message(FATAL_ERROR "the twin must compile, and does not")
    endif()
    if(output)
        message("${output}")
        message(FATAL_ERROR "the twin must compile without warnings")
    endif()
    file(WRITE "${STAMP}" "${key}")
    return()
endif()

set(complaints "")
if(result EQUAL 0)
    string(APPEND complaints "- it compiled\n")
elseif(NOT result EQUAL 1)
    string(APPEND complaints "- the compiler itself failed: ${result}\n")
endif()

if(COMPILER_ID STREQUAL "GNU")
    set(own gcc)
else()
    set(own clang)
endif()
set(expectations 0)
set(allowed_lines 15)
set(wanted_errors "")
foreach(line IN LISTS lines)
    if(line MATCHES "^ *// (expect|expect-gcc|expect-clang|refuse): (.*)$")
        set(kind "${CMAKE_MATCH_1}")
        set(text "${CMAKE_MATCH_2}")
        string(STRIP "${text}" text)
        if(kind MATCHES "^expect-" AND NOT kind STREQUAL "expect-${own}")
            continue()
        endif()
        string(FIND "${output}" "${text}" at)
        set(found FALSE)
        if(at GREATER_EQUAL 0)
            set(found TRUE)
        # A "[tag]" read as a regex would match any of its letters.
        elseif(NOT text MATCHES "\\[[a-z0-9_]+\\]")
            if(output MATCHES "${text}")
                set(found TRUE)
            endif()
        endif()
        if(kind STREQUAL "refuse")
            if(found)
                string(APPEND complaints "- the output holds: ${text}\n")
            endif()
        else()
            math(EXPR expectations "${expectations} + 1")
            if(NOT found)
                string(APPEND complaints "- the output lacks: ${text}\n")
            endif()
        endif()
    elseif(line MATCHES "^ *// lines: ([0-9]+)")
        set(allowed_lines "${CMAKE_MATCH_1}")
    elseif(line MATCHES "^ *// errors: ([0-9]+)")
        set(wanted_errors "${CMAKE_MATCH_1}")
    endif()
endforeach()
if(expectations EQUAL 0)
    string(APPEND complaints "- the file has no '// expect: …' line, so its failing proves nothing\n")
endif()

string(REGEX MATCHALL "\n" newlines "${output}")
list(LENGTH newlines line_count)
if(line_count GREATER allowed_lines)
    string(APPEND complaints "- the output has ${line_count} lines, ${allowed_lines} are allowed\n")
endif()
if(NOT wanted_errors STREQUAL "")
    string(REGEX MATCHALL "(^|\n)[^\n]*error: " errors "${output}")
    list(LENGTH errors error_count)
    if(NOT error_count EQUAL wanted_errors)
        string(APPEND complaints "- ${error_count} errors are reported, ${wanted_errors} expected\n")
    endif()
endif()

if(complaints)
    # A template's name can be longer than a page, and an error's tail longer than a book.
    string(LENGTH "${output}" length)
    if(length GREATER 6000)
        file(WRITE "${STAMP}.output" "${output}")
        string(SUBSTRING "${output}" 0 6000 output)
        string(APPEND output "\n… the rest is in ${STAMP}.output\n")
    endif()
    message("${complaints}---- the compiler said:\n${output}----")
    message(FATAL_ERROR "${SOURCE} does not fail as it says")
endif()
file(WRITE "${STAMP}" "${key}")
message("fails as it should, in ${line_count} lines")

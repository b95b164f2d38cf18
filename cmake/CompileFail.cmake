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

file(STRINGS "${SOURCE}" lines REGEX "^ *// (expect|expect-gcc|expect-clang|refuse|lines|errors): ")

# A compilation costs seconds, its inputs are known: the file, the headers beside it, every header of ours, the compiler, the checks.
cmake_path(GET SOURCE PARENT_PATH beside)
file(GLOB_RECURSE headers "${INCLUDE}/*.hpp" "${INCLUDE}/*.ipp" "${beside}/*.hpp")
set(inputs "${COMPILER} ${COMPILER_VERSION} ${FLAGS} ${TWIN}\n")
foreach(file IN LISTS headers SOURCE CMAKE_CURRENT_LIST_FILE)
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

set(definitions "")
if(TWIN)
    set(definitions -DPGREPO_TWIN)
endif()
# English, whatever the developer's locale is: the words are compared.
execute_process(
    COMMAND "${CMAKE_COMMAND}" -E env LC_ALL=C "${COMPILER}" -std=c++20 -Wall -fsyntax-only -fno-diagnostics-color
        "-I${INCLUDE}" ${FLAGS} ${definitions} "${SOURCE}"
    RESULT_VARIABLE result
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output)

if(TWIN)
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
    message("${complaints}---- the compiler said:\n${output}----")
    message(FATAL_ERROR "${SOURCE} does not fail as it says")
endif()
file(WRITE "${STAMP}" "${key}")
message("fails as it should, in ${line_count} lines")

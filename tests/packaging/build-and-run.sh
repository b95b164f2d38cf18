#!/usr/bin/env bash
# Usage: build-and-run.sh PROJECT SOURCE-DIR BUILD-DIR WORK-DIR   (CXX, LAUNCHER, CMAKE in the environment)
# Builds tests/packaging/PROJECT the way its users would, and runs it: it must print pgrepo's version.
set -eu
project=$1 source=$2 build=$3 work=$4
here=$source/tests/packaging/$project
rm -rf "$work" && mkdir -p "$work"

with_cmake() {
    "$CMAKE" -S "$here" -B "$work/build" -G Ninja -DCMAKE_CXX_COMPILER="$CXX" \
        -DCMAKE_CXX_COMPILER_LAUNCHER="${LAUNCHER:-}" "$@"
    "$CMAKE" --build "$work/build"
    "$work/build/app"
}
# What a Makefile written by hand would say; Debian keeps libpq's header where only pkg-config or an -I finds it.
by_hand() {
    local object objects=() file
    for file in "$here"/*.cpp; do
        object=$work/$(basename "$file").o
        # shellcheck disable=SC2086
        ${LAUNCHER:-} "$CXX" -std=c++20 -Wall -Wextra -Werror -I"$source/include" "$@" -c "$file" -o "$object"
        objects+=("$object")
    done
    "$CXX" "${objects[@]}" -o "$work/app" -lpq -lfmt
    "$work/app"
}

case $project in
find_package)
    "$CMAKE" --install "$build" --prefix "$work/installed" >"$work/install.log"
    # The installed tree, not the checkout, has to serve: nothing else is on the path.
    output=$(with_cmake -DCMAKE_PREFIX_PATH="$work/installed")
    ;;
add_subdirectory) output=$(with_cmake -DPGREPO_SOURCE_DIR="$source") ;;
plain_include | two_tus) output=$(by_hand) ;;
separate_compilation) output=$(by_hand -DPGREPO_SEPARATE_COMPILATION) ;;
*) echo "no such project: $project" >&2; exit 2 ;;
esac
printf '%s\n' "$output"
version=$(sed -n 's/^#define PGREPO_VERSION_[A-Z]* \([0-9]*\)$/\1/p' "$source/include/pgrepo/base/version.hpp" | paste -sd.)
[[ $output == *"pgrepo $version"* ]] || { echo "the program did not print: pgrepo $version" >&2; exit 1; }

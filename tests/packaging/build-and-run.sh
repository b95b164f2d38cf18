#!/usr/bin/env bash
# Usage: build-and-run.sh PROJECT SOURCE-DIR BUILD-DIR WORK-DIR   (CXX, LAUNCHER, CMAKE in the environment)
# Builds tests/packaging/PROJECT the way its users would, and runs it: it must print pgrepo's version.
set -eu
project=$1 source=$2 build=$3 work=$4
here=$source/tests/packaging/$project
rm -rf "$work" && mkdir -p "$work"
version=$(sed -n 's/^#define PGREPO_VERSION_[A-Z]* \([0-9]*\)$/\1/p' "$source/include/pgrepo/base/version.hpp" | paste -sd.)

complain() { printf '%s\n' "$@" >&2; exit 1; }
run() {
    local output
    output=$("$@")
    printf '%s\n' "$output"
    [[ $output == *"pgrepo $version"* ]] || complain "the program did not print: pgrepo $version"
}
with_cmake() { # [-D…]: in $work/build, of the project in $here
    "$CMAKE" -S "$here" -B "$work/build" -G Ninja -DCMAKE_CXX_COMPILER="$CXX" \
        -DCMAKE_CXX_COMPILER_LAUNCHER="${LAUNCHER:-}" "$@"
    "$CMAKE" --build "$work/build"
    run "$work/build/app"
}
# What a Makefile written by hand would say.
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
compile() { # FLAG…: every .cpp of the project, into the array "objects"
    local object file
    objects=()
    for file in "$here"/*.cpp; do
        object=$work/$(basename "$file").o
        ${LAUNCHER:+"$LAUNCHER"} "$CXX" -std=c++20 "${warnings[@]}" "$@" -c "$file" -o "$object"
        objects+=("$object")
    done
}
# Debian keeps libpq's header where only pkg-config or an -I finds it; pgrepo looks there too.
by_hand() {
    compile -I"$source/include" "$@"
    "$CXX" "${objects[@]}" -o "$work/app" -lpq -lfmt
    run "$work/app"
}
by_pkg_config() { # PREFIX
    export PKG_CONFIG_PATH=$1/share/pkgconfig
    [[ $(pkg-config --modversion pgrepo) == "$version" ]] || complain "pgrepo.pc states another version than $version"
    local flags libraries
    read -ra flags <<<"$(pkg-config --cflags pgrepo)"
    read -ra libraries <<<"$(pkg-config --libs pgrepo)"
    compile "${flags[@]}"
    # All symbols now and not when they are first called: a library that is missing is seen.
    "$CXX" "${objects[@]}" -o "$work/app" -Wl,--no-undefined "${libraries[@]}"
    run "$work/app"
}
# Installed, moved, and free of this machine's paths: nothing but the tree that is left, named by $installed, can serve.
install_and_move() {
    "$CMAKE" --install "$build" --prefix "$work/installed" >"$work/install.log"
    installed=$work/moved
    mv "$work/installed" "$installed"
    ! grep -rlF -e "$source" -e "$build" -e "$work" "$installed" || complain "these files name a folder of this machine"
}
# The user's objects hold none of what the library holds, and the library is there.
compiled_once() {
    local library=$1 defined
    nm --defined-only -g "$library" | awk 'NF == 3 && $2 == "T" { print $3 }' | sort -u >"$work/in-library"
    [[ -s $work/in-library ]] || complain "nothing is compiled into $library"
    find "$work/build" -name 'main.cpp.o' -o -name 'notes.cpp.o' | xargs nm --defined-only -g |
        awk 'NF == 3 { print $3 }' | sort -u >"$work/in-objects"
    defined=$(comm -12 "$work/in-library" "$work/in-objects")
    [[ -z $defined ]] || complain "compiled in the user's files too:" "$defined"
}

case $project in
find_package)
    install_and_move
    with_cmake -DCMAKE_PREFIX_PATH="$installed"
    ;;
add_subdirectory)
    with_cmake -DPGREPO_SOURCE_DIR="$source"
    "$CMAKE" --install "$work/build" --prefix "$work/installed" >"$work/install.log"
    found=$(cd "$work/installed" && find . ! -type d)
    [[ $found == ./bin/app ]] || complain "pgrepo adds to what its host installs:" "$found"
    ;;
fetch_content)
    # What is in it is what a build needs of a checkout.
    tar -C "$source" -czf "$work/pgrepo.tar.gz" --transform 's|^|pgrepo/|' CMakeLists.txt cmake include LICENSE
    with_cmake -DPGREPO_ARCHIVE="$work/pgrepo.tar.gz"
    ;;
pkg_config)
    install_and_move
    by_pkg_config "$installed"
    ;;
compiled)
    with_cmake -DPGREPO_SOURCE_DIR="$source"
    compiled_once "$work/build/pgrepo/libpgrepo_compiled.a"
    rm -rf "$work/build"
    install_and_move
    with_cmake -DCMAKE_PREFIX_PATH="$installed"
    compiled_once "$work/build/libpgrepo_compiled.a"
    ;;
plain_include | two_tus) by_hand ;;
separate_compilation) by_hand -DPGREPO_SEPARATE_COMPILATION ;;
*) echo "no such project: $project" >&2; exit 2 ;;
esac

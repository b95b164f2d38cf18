#!/usr/bin/env bash
# Usage: build-and-run.sh PROJECT SOURCE-DIR BUILD-DIR WORK-DIR   (CXX, LAUNCHER, CMAKE, CPACK in the environment)
# Builds tests/packaging/PROJECT the way its users would, and runs it: it must print pgrepo's version. "debian_package"
# has no project of its own: what it holds has to serve the projects find_package and pkg_config.
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
    names_no_folder "$installed"
}
names_no_folder() { # TREE
    ! grep -rlF -e "$source" -e "$build" -e "$work" "$1" || complain "these files name a folder of this machine"
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
# Makes the package in a build of its own and unpacks it, without root's rights, into $unpacked.
make_package() {
    "$CMAKE" -S "$source" -B "$work/package" -G Ninja -DCMAKE_CXX_COMPILER="$CXX" \
        -DPGREPO_BUILD_TESTS=OFF -DPGREPO_BUILD_EXAMPLES=OFF -DPGREPO_BUILD_BENCHMARKS=OFF
    (cd "$work/package" && "$CPACK" -G DEB)
    package=$work/package/libpgrepo-dev_${version}_all.deb unpacked=$work/unpacked
    dpkg-deb -I "$package"
    dpkg-deb -x "$package" "$unpacked"
}
describes_itself() { # what dpkg and apt are told
    local fields wanted
    fields=$(dpkg-deb -f "$package")
    for wanted in 'Package: libpgrepo-dev' "Version: $version" 'Architecture: all' 'Section: libdevel' \
        'Depends: libpq-dev (>= 14), libfmt-dev, libboost1.81-dev | libboost-dev (>= 1.81)' 'Description: .*PostgreSQL'; do
        grep -qx -- "$wanted" <<<"$fields" || complain "the package does not say: $wanted"
    done
    ! grep -E '://|@|/(home|root|tmp|work)/' <<<"$fields" || complain "the package's description holds an address or a path"
}
holds_what_it_should() { # the headers, what CMake and pkg-config read, the licence, and nothing else
    {
        (cd "$source/include" && find pgrepo -name '*.hpp' -o -name '*.ipp') | sed 's|^|./usr/include/|'
        printf './usr/share/cmake/pgrepo/%s\n' PgrepoCompiled.cmake pgrepoConfig.cmake pgrepoConfigVersion.cmake pgrepoTargets.cmake
        printf './usr/share/%s\n' pkgconfig/pgrepo.pc doc/libpgrepo-dev/copyright
    } | LC_ALL=C sort >"$work/wanted"
    dpkg-deb -c "$package" | awk '$1 !~ /^d/ { print $6 }' | LC_ALL=C sort >"$work/held"
    diff "$work/wanted" "$work/held" || complain "the package lacks what is marked <, or holds what is marked >"
    ! dpkg-deb -c "$package" | awk '{ print $1, $2 }' | grep -vxE '(drwxr-xr-x|-rw-r--r--) root/root' ||
        complain "the package has files that are not root's, or that others may write"
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
debian_package)
    if ! command -v dpkg-deb >/dev/null; then
        echo "skipped: dpkg-deb is not here (it is a part of every Debian)"
        exit 77
    fi
    make_package
    describes_itself
    holds_what_it_should
    names_no_folder "$unpacked"
    here=$source/tests/packaging/find_package
    with_cmake -DCMAKE_PREFIX_PATH="$unpacked/usr"
    here=$source/tests/packaging/pkg_config
    by_pkg_config "$unpacked/usr"
    ;;
plain_include | two_tus) by_hand ;;
two_libraries)
    with_cmake -DPGREPO_SOURCE_DIR="$source"
    if [[ -z ${POSTGRES_HOST:-} ]]; then
        echo "skipped: no server is named by POSTGRES_HOST, so no service was shared between the libraries"
        exit 77
    fi
    ;;
separate_compilation) by_hand -DPGREPO_SEPARATE_COMPILATION ;;
*) echo "no such project: $project" >&2; exit 2 ;;
esac

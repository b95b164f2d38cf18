# Sourced after say.sh. Makes sure that what a script is about to use is there.
#
#   need cxx boost postgres ?ccache ...
#
# A name behind a question mark is welcome and not required: it is installed along with the rest where we install,
# and never complained about.
# Presence is checked by what is really used (a command, a header), never by a package's name: a compiler or
# a Boost from elsewhere is as good. What is missing is installed only as root on Debian 12, from Debian's
# own packages; everybody else gets the exact command. Nothing is ever removed, and nobody is asked for sudo.

# name|what it is for|Debian 12 packages|check
need_table=(
    'cxx|a C++20 compiler (g++ 12 or newer)|g++|need_cxx'
    'cmake|CMake 3.25 or newer|cmake|need_cmake'
    'ninja|the Ninja build tool|ninja-build|command -v ninja'
    'pkg-config|pkg-config|pkg-config|command -v pkg-config'
    'boost|Boost 1.81 or newer (headers)|libboost1.81-dev|need_boost'
    'boost-test|Boost.Test (linked)|libboost-test1.81-dev|need_boost_test'
    'fmt|the fmt library|libfmt-dev|need_header fmt/core.h'
    'libpq|libpq with its headers|libpq-dev|need_libpq'
    'postgres|PostgreSQL server programs|postgresql-15|need_postgres'
    'psql|the psql client|postgresql-client-15|command -v psql'
    'ccache|ccache|ccache|command -v ccache'
    'openssl|the openssl command|openssl|command -v openssl'
    'npm|npm (fetches other PostgreSQL majors)|npm|command -v npm'
    'redis|redis-server (or redis-check-rdb, the same program)|redis-tools|need_redis'
    'pgbouncer|pgbouncer|pgbouncer|need_path pgbouncer /usr/sbin/pgbouncer'
    'clang|clang 19|clang-19|command -v clang++-19'
    'clang16|clang 16|clang-16|command -v clang++-16'
    'clang-rt|the sanitizer runtimes of clang 19|libclang-rt-19-dev|need_clang_rt'
    'lld|lld 19|lld-19|command -v ld.lld-19'
    'clang-format|clang-format 19|clang-format-19|command -v clang-format-19'
    'python|Python 3.9 or newer|python3|command -v python3'
    'libpqxx|libpqxx (to compare with)|libpqxx-dev|pkg-config --exists libpqxx'
    'soci|SOCI (to compare with)|libsoci-dev|need_links -lsoci_core -lsoci_postgresql'
    'spdlog|spdlog (for the adapter)|libspdlog-dev|need_header spdlog/spdlog.h'
    'valgrind|valgrind (counts instructions)|valgrind|command -v valgrind'
    'clang-tidy|clang-tidy 19|clang-tidy-19|command -v clang-tidy-19'
)

need_cxx() { command -v g++ && [[ $(g++ -dumpversion) -ge 12 ]]; }

need_cmake() {
    local version
    version=$(cmake --version 2>/dev/null | sed -n '1s/[^0-9]*\([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
    [[ -n $version ]] && ((${version% *} * 1000 + ${version#* } >= 3025))
}

# The preprocessor is asked, not the file system: a header counts where the compiler finds it.
need_preprocesses() { g++ -std=c++20 -E -x c++ - -o /dev/null 2>/dev/null; }
need_header() { need_preprocesses <<<"#include <$1>"; }
need_boost() {
    need_preprocesses <<'CPP'
#include <boost/version.hpp>
#if BOOST_VERSION < 108100 || !__has_include(<boost/pfr/core.hpp>)
#error too old
#endif
CPP
}
need_boost_test() { need_links -lboost_unit_test_framework; }
need_links() { g++ -shared -o /dev/null "$@" 2>/dev/null; }
need_libpq() { need_header libpq-fe.h || need_header postgresql/libpq-fe.h; }
need_postgres() {
    [[ -n ${PGREPO_PGBIN:-} || -x /usr/lib/postgresql/15/bin/postgres ]] || { command -v postgres && command -v initdb; }
}
need_redis() { need_path redis-server || need_path redis-check-rdb; }
need_path() { command -v "$1" || [[ -n ${2:-} && -x $2 ]]; }
need_clang_rt() {
    command -v clang++-19 &&
        [[ -e $(clang++-19 -print-file-name=libclang_rt.asan.a) || -e $(clang++-19 -print-file-name=libclang_rt.asan-x86_64.a) ]]
}

need_is_debian_12() {
    [[ -r /etc/os-release ]] || return 1
    local ID='' VERSION_ID=''
    # shellcheck source=/dev/null
    . /etc/os-release
    [[ $ID == debian && $VERSION_ID == 12 ]]
}

# Debian's server package creates and starts a cluster named "main" when it is first installed. That would be
# a stranger's database server on somebody's machine, so it is asked not to: postgresql-common, which owns the
# setting, goes in first; the setting stands only while the server package is unpacked, and the file is put
# back byte for byte. (A policy-rc.d would stop the start but not the creation; a file laid down before the
# package would be taken for the administrator's own and kept for ever.)
need_install_without_cluster() {
    local conf=/etc/postgresql-common/createcluster.conf kept rc=0
    if compgen -G '/etc/postgresql/15/*/postgresql.conf' >/dev/null; then
        need_apt_install "$@"
        return
    fi
    need_apt_install postgresql-common || return
    kept=$(mktemp) && cp -p "$conf" "$kept" || return
    # The exit of an interrupted installation must restore the file as well.
    trap 'cp -p "$kept" "$conf"; rm -f "$kept"; exit 130' INT TERM HUP
    sed -i '/^[[:space:]]*create_main_cluster/d' "$conf"
    printf 'create_main_cluster = false\n' >>"$conf"
    need_apt_install "$@" || rc=$?
    cp -p "$kept" "$conf"
    rm -f "$kept"
    trap - INT TERM HUP
    return "$rc"
}

# A package whose daemon would start by itself (pgbouncer) is kept from it in the way Debian provides for.
need_install_without_daemon() {
    local policy=/usr/sbin/policy-rc.d rc=0 mine=''
    if [[ ! -e $policy ]]; then
        mine=1
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
    fi
    need_apt_install "$@" || rc=$?
    if [[ -n $mine ]]; then rm -f "$policy"; fi
    if [[ -d /run/systemd/system ]]; then systemctl disable --quiet pgbouncer 2>/dev/null; fi
    return "$rc"
}

# --no-remove: Boost 1.74's development package conflicts with 1.81's; whoever has it decides for themselves.
need_apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends --no-remove \
        -o DPkg::Lock::Timeout=120 "$@"
}

need_apt() {
    DEBIAN_FRONTEND=noninteractive apt-get update -q -o DPkg::Lock::Timeout=120 || return
    local plain=() server=() daemon=() package
    for package in "$@"; do
        case $package in
        postgresql-15) server+=("$package") ;;
        pgbouncer) daemon+=("$package") ;;
        *) plain+=("$package") ;;
        esac
    done
    if ((${#plain[@]})); then need_apt_install "${plain[@]}" || return; fi
    if ((${#server[@]})); then need_install_without_cluster "${server[@]}" || return; fi
    if ((${#daemon[@]})); then need_install_without_daemon "${daemon[@]}" || return; fi
}

# need NAME...: returns 0 when everything named is usable, installing it where that is our business.
need() {
    local want row name what packages check optional missing=() install=()
    need_missing() {
        missing=() install=()
        for want in "$@"; do
            optional=''
            if [[ $want == \?* ]]; then optional=1 want=${want#\?}; fi
            for row in "${need_table[@]}"; do
                IFS='|' read -r name what packages check <<<"$row"
                [[ $name == "$want" ]] || continue
                if ! eval "$check" >/dev/null 2>&1; then
                    [[ -n $optional ]] || missing+=("$what")
                    install+=("$packages")
                fi
                continue 2
            done
            complain "need: unknown name '$want'" "add it to need_table in scripts/lib/need.sh"
            return 1
        done
    }
    need_missing "$@" || return
    ((${#missing[@]})) || return 0

    local command="apt-get update && apt-get install --no-install-recommends ${install[*]}"
    if need_is_debian_12 && ((EUID == 0)); then
        if ! step "installing ${#install[@]} missing Debian packages" need_apt "${install[@]}"; then
            complain "Debian's packages could not be installed" "try it by hand: $command" \
                "if apt wants to remove libboost-dev (1.74): it cannot stand beside libboost1.81-dev; remove it first"
            return 1
        fi
        hash -r
        need_missing "$@" || return
        ((${#missing[@]})) || return 0
        complain "still missing after installing ${install[*]}:" "${missing[@]}"
        return 1
    fi
    complain "missing on this machine:" "${missing[@]}"
    if need_is_debian_12; then
        say "  install as root:  $command"
    else
        say "  (installing by itself is done on Debian 12 only, where these are: ${install[*]})"
    fi
    return 1
}

# What the scripts ask for, by purpose.
need_build=(cxx cmake ninja pkg-config boost fmt libpq)
need_tests=(boost-test spdlog '?ccache')
need_server=(postgres psql)
need_clang_builds=(clang clang-rt clang16 '?lld')
need_check=(cxx boost fmt libpq spdlog clang-format python)

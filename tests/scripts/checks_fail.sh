#!/usr/bin/env bash
# A check that cannot fail guards nothing: gives scripts/lib/floors and scripts/lib/tags small trees with one fault
# each, and wants the fault named with its file, line and rule. Then a tree without fault, which must pass.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tree=$(mktemp -d "${TMPDIR:-/tmp}/pgrepo-checks.XXXXXX")
trap 'rm -rf "$tree"' EXIT
failures=0

fresh() {
    rm -rf "${tree:?}"/*
    mkdir -p "$tree"/{docs,include/pgrepo/{base,reflect,sql,pq/impl,cache,migrate},tests/compile_fail}
    cat >"$tree/docs/architecture.md" <<'MD'
| floor | folder | may include | holds |
|---|---|---|---|
| 1 | `base` | | text |
| 2 | `reflect` | `base` | text |
| 5 | `sql` | `base` `reflect` | text |
| 7 | `pq` | `base` | text |
| 10 | `cache` | `base` `sql` | text |
| 10 | `migrate` | `base` `sql` | text |
MD
    put base/error.hpp '#pragma once'
    put reflect/fields.hpp '#include <pgrepo/base/error.hpp>' '#include <boost/pfr/core.hpp>' 'auto p = __PRETTY_FUNCTION__;'
    put sql/text.hpp '#include <pgrepo/reflect/fields.hpp> // not <pgrepo/pq/pool.hpp>' '// __PRETTY_FUNCTION__, libpq-fe.h'
    put pq/impl/pool.ipp '#include <libpq-fe.h>'
    put pgrepo.hpp '#include <pgrepo/sql/text.hpp>'
    put sql/check.hpp 'static_assert(ok, "pgrepo: [no_column] text");'
    printf '%s\n' '// expect: [no_column]' '#ifdef PGREPO_TWIN' '#endif' >"$tree/tests/compile_fail/no_column.cpp"
    printf '%s\n' '# Errors' '### no_column' >"$tree/docs/errors.md"
}
put() { local file=$tree/include/pgrepo/$1; shift; printf '%s\n' "$@" >"$file"; }
finds() { # CHECK WANTED-REGEX: exactly one finding, this one
    local out code
    out=$("$root/scripts/lib/$1" "$tree")
    code=$?
    if ((code == 1)) && [[ $(wc -l <<<"$out") == 1 ]] && grep -Eq "$2" <<<"$out"; then
        printf 'ok: %s\n' "$out"
    else
        printf 'FAILED: %s: wanted one finding like "%s" and exit 1, got exit %s and:\n%s\n' "$1" "$2" "$code" "$out"
        failures=$((failures + 1))
    fi
    fresh
}
passes() {
    local out
    if out=$("$root/scripts/lib/$1" "$tree"); then printf 'ok: %s passes a sound tree\n' "$1"; else
        printf 'FAILED: %s: a sound tree does not pass:\n%s\n' "$1" "$out"
        failures=$((failures + 1))
    fi
}

fresh
passes floors
passes tags
put base/error.hpp '#pragma once' '#include <pgrepo/sql/text.hpp>'
finds floors '^include/pgrepo/base/error.hpp:2: \[upward\] base/ \(floor 1\) includes <pgrepo/sql/text.hpp> \(floor 5\)'
put pq/pool.hpp '#include <pgrepo/sql/text.hpp>'
finds floors 'pq/pool.hpp:1: \[not-named\]'
put cache/cached.hpp '#include <pgrepo/migrate/x.hpp>'
finds floors 'cache/cached.hpp:1: \[neighbour\]'
put pq/handles.hpp '#pragma once' '' '#include <libpq-fe.h>'
finds floors 'pq/handles.hpp:3: \[libpq\]'
put sql/text.hpp '#include <boost/pfr.hpp>'
finds floors 'sql/text.hpp:1: \[pfr\]'
put sql/text.hpp '/* a comment' 'on two lines */ auto p = __PRETTY_FUNCTION__;'
finds floors 'sql/text.hpp:2: \[pretty-function\]'
put sql/text.hpp '#include <pgrepo/pgrepo.hpp>'
finds floors 'sql/text.hpp:1: \[umbrella\]'
put sql/text.hpp '#include "../pq/pool.hpp"'
finds floors 'sql/text.hpp:1: \[quoted\]'
mkdir "$tree/include/pgrepo/extra" && put extra/x.hpp '#pragma once'
finds floors 'extra/x.hpp:1: \[unknown-folder\]'
printf 'no table\n' >"$tree/docs/architecture.md" && rm -r "$tree"/include/pgrepo/*/
finds floors '\[table\]'

rm "$tree/tests/compile_fail/no_column.cpp"
finds tags 'sql/check.hpp:1: \[untested\] \[no_column\]'
: >"$tree/docs/errors.md"
finds tags 'sql/check.hpp:1: \[undocumented\] \[no_column\]'
printf '### \x60gone\x60\n' >>"$tree/docs/errors.md"
finds tags 'docs/errors.md:3: \[heading-without-tag\].*\[gone\]'
printf '// expect: [no_column]\n' >"$tree/tests/compile_fail/no_column.cpp"
finds tags 'no_column.cpp:1: \[no-twin\]'
printf '// expect: something\n// PGREPO_TWIN\n' >"$tree/tests/compile_fail/no_column-variant.cpp"
finds tags 'no_column-variant.cpp:1: \[test-without-expectation\]'
printf '// expect: [other]\n// PGREPO_TWIN\n' >"$tree/tests/compile_fail/other.cpp"
finds tags 'other.cpp:1: \[test-without-tag\]'

((failures == 0)) || { echo "$failures failed"; exit 1; }
echo "all passed"

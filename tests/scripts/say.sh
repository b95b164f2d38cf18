#!/usr/bin/env bash
# Tests scripts/lib/say.sh: one line a step where nobody watches, a line that moves on a terminal, the output of what failed.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export NO_COLOR=1
failures=0
check() { # WHAT TRUE-COMMAND...
    if "${@:2}"; then printf 'ok: %s\n' "$1"; else printf 'FAILED: %s\n' "$1"; failures=$((failures + 1)); fi
}
run() { printf '. "%s/scripts/lib/say.sh"; %s' "$root" "$1"; }
contains() { grep -qE -- "$2" <<<"$1"; }
lacks() { ! contains "$@"; }

building='step building bash -c "echo \"[12/34] Building\"; sleep 5"'
alone=$(bash -c "$(run "$building")" 2>&1)
check "a step is one line" contains "$alone" '^==> building +[0-9]+\.[0-9] s  ok$'
check "where nobody watches nothing moves" lacks "$alone" '12/34'

failing=$(bash -c "$(run 'step failing bash -c "echo cause; exit 3"; echo "left $?"')" 2>&1)
check "what failed says how" contains "$failing" '^==> failing +[0-9]+\.[0-9] s  failed \(exit 3\)$'
check "and shows its output" contains "$failing" '^cause$'
check "and its exit code goes on" contains "$failing" '^left 3$'

if command -v script >/dev/null; then
    on_terminal() { script -qec "bash -c '$(run "$1")'" /dev/null </dev/null | tr '\r' '\n'; }
    watched=$(on_terminal "$building")
    check "on a terminal the line says how far it is" contains "$watched" '^==> building +[0-9]+ s  12/34'
    check "and ends as elsewhere" contains "$watched" '[0-9]+\.[0-9] s  ok$'
    marked=$(on_terminal 'step waiting sleep 1.5; sleep 2; echo end')
    check "nothing moves after the end" contains "$(sed '1,/s  ok$/d' <<<"$marked" | tr -d '\n')" '^end$'
else
    echo "skipped: there is no script (package bsdutils): nothing was seen on a terminal"
fi
((failures == 0)) || { echo "$failures failed"; exit 1; }

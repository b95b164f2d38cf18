#!/usr/bin/env bash
# Every workload runs with every library that is there, all read and write the same, and the results say what they should.
# What is measured is next to nothing, beside other tests: no ratio is looked at. Its first argument is the programs' folder.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
run=(benchmarks/run --programs "$1")
before=$(cat docs/benchmarks/results.* | cksum)

refused() { # WORDS ARGUMENT…
    local words=$1
    shift
    "${run[@]}" "$@" >"$folder/out" 2>&1
    if (($? != 2)) || ! grep -q -- "$words" "$folder/out"; then
        echo "$*: not refused with: $words"
        cat "$folder/out"
        exit 1
    fi
}
refused 'W0 is no workload; these are: W1, ' --smoke --only W0
(unset POSTGRES_TCP_PORT && refused 'POSTGRES_TCP_PORT is not set' --smoke) || exit 1

# The network is a proxy's, so the server must listen on a port; the tests' own does not.
scripts/with-postgres --tcp -c autovacuum=off -- scripts/lib/on-fresh-database -- taskset -c 0 \
    "${run[@]}" --smoke --json "$folder/results.json" >"$folder/out" 2>&1 || { tail -c 4000 "$folder/out"; exit 1; }
[[ $(cat docs/benchmarks/results.* | cksum) == "$before" ]] || { echo "a look has changed docs/benchmarks/"; exit 1; }

python3 - "$folder/results.json" <<'PYTHON'
import json, sys
rows = {(r["id"], r["subject"]): r for r in json.load(open(sys.argv[1]))["results"]}
wanted = ("W1 W1-tcp W1-1ms W2 W2-stream W3-single W3-pipeline W3-unnest W3-copy W4 W5 W5-contended W5-idle W7-2 W7-8 W7-32 "
          "W7-2-on-8 W7-8-on-8 W7-32-on-8 W8-one W8-one-tcp W8-one-1ms W8-three W8-three-tcp W8-three-1ms W9 W9-tcp W9-1ms W10-page "
          "W10-page-tcp W10-page-1ms W10-page-100000 W10-keyset W10-keyset-tcp W10-keyset-1ms W10-keyset-100000 W11 W12").split()
for workload in wanted:
    hand, ours = rows[workload, "by_hand"], rows[workload, "pgrepo"]
    assert hand["cpu_ratio"] == 1 and hand["cpu_ns_per_operation"] > 0, hand
    assert ours["cpu_ratio"] is not None or ours["note"], ours
    if workload.endswith("-1ms"):
        # one round trip is at least as long as the proxy makes it, and is counted
        trips = {"W9-1ms": 2}.get(workload, 1)
        assert hand["round_trips_per_operation"] == trips, hand
        assert hand["wall_ns_per_operation"] >= trips * 1e6, hand
for workload in ("W1-1ms", "W8-one-1ms", "W8-three-1ms", "W9-1ms"):
    assert rows[workload, "pgrepo"]["round_trips_per_operation"] >= 1
assert rows["W12", "by_hand"]["connections_opened"] > 0 and rows["W12", "pgrepo"]["connections_opened"] > 0
assert rows["W2-stream", "by_hand"]["peak_kib"] > 0
PYTHON
(($? == 0)) || { echo "the results do not hold what they should"; exit 1; }
echo "every workload ran"

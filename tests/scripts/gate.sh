#!/usr/bin/env bash
# benchmarks/gate says no where a job takes over 2 % more than the counts kept, and only there. Its first argument is the program.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

verdict() { # WANTED-EXIT-CODE WHAT…: of the counts in $folder/counts
    local wanted=$1 code
    shift
    benchmarks/gate --program "$program" --only decode --counts "$folder/counts" >"$folder/out" 2>&1
    code=$?
    if ((code != wanted)); then
        echo "$*: exit $code instead of $wanted"
        cat "$folder/out"
        exit 1
    fi
}
change() { # FACTOR [KEY VALUE]: the counts as they are, times FACTOR, made with another KEY
    python3 - "$folder/counts.now" "$folder/counts" "$@" <<'PYTHON'
import json, sys
kept = json.load(open(sys.argv[1]))
kept["instructions"]["decode"] = int(kept["instructions"]["decode"] * float(sys.argv[3]))
if len(sys.argv) > 4: kept["made_with"][sys.argv[4]] = sys.argv[5]
json.dump(kept, open(sys.argv[2], "w"))
PYTHON
}

benchmarks/gate --program "$program" --only decode --counts "$folder/counts.now" --update >"$folder/out" 2>&1 || { cat "$folder/out"; exit 1; }
change 1 || exit 1
verdict 0 "the same counts"
change 0.99 || exit 1
verdict 0 "one per cent more than kept"
change 0.95 || exit 1
verdict 1 "five per cent more than kept"
grep -q 'decode' "$folder/out" && grep -q -- '--update' "$folder/out" || { echo "neither the job nor the remedy is named"; exit 1; }
change 2 || exit 1
verdict 0 "half of what was kept"
change 1 compiler "another one" || exit 1
verdict 77 "counts of another compiler"
grep -q '^skipped: .*another one' "$folder/out" || { echo "what differs is not named"; exit 1; }
python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); d["instructions"]["W1"] = 1; json.dump(d, open(sys.argv[1], "w"))' "$folder/counts" || exit 1
benchmarks/gate --program "$program" --only decode --counts "$folder/counts" --update >"$folder/out" 2>&1
[[ $? == 2 ]] || { echo "counts of other jobs, made with other programs, are thrown away without a word"; exit 1; }
refused() { # WORDS WHAT: the counts are no counts, and that is said
    verdict 1 "$2"
    if ! grep -q "$1" "$folder/out" || grep -q Traceback "$folder/out"; then
        echo "$2: not refused in a sentence"
        cat "$folder/out"
        exit 1
    fi
}
echo '{' >"$folder/counts"
refused 'is no JSON' "counts that are no JSON"
for odd in '{}' '[]' '{"made_with": {}}' '{"made_with": {}, "instructions": {"decode": 0}}'; do
    echo "$odd" >"$folder/counts"
    refused 'does not hold' "$odd as counts"
done
rm "$folder/counts"
refused 'is not there' "no counts"
benchmarks/gate --program "$program" --only W3 >"$folder/out" 2>&1
[[ $? == 2 ]] || { echo "an unknown job is not refused"; exit 1; }
echo "the gate notices"

#!/usr/bin/env bash
# Tests scripts/with-postgres: exit codes, isolation, and that nothing is left, whatever ends it.
# Usage: tests/scripts/with_postgres.sh   (from anywhere; starts servers of its own)
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
with_postgres=$root/scripts/with-postgres
scratch=$(mktemp -d "${TMPDIR:-/tmp}/pgrepo-test.XXXXXX")
chmod 755 "$scratch"
trap 'rm -rf "$scratch"' EXIT
failures=0

fail() { printf 'FAILED: %s\n' "$*"; failures=$((failures + 1)); }
check() { # WHAT WANTED GOT
    if [[ $2 == "$3" ]]; then printf 'ok: %s\n' "$1"; else fail "$1: wanted '$2', got '$3'"; fi
}
now_ms() { local us=${EPOCHREALTIME/[.,]/}; echo "$((us / 1000))"; }

# Everything that belongs to the run whose directory is given: by mark, by working directory, and its watcher.
processes_of() {
    local directory=$1 id=${1##*.}
    {
        grep -lsaF -- "PGREPO_RUN_$id=" /proc/[0-9]*/environ
        find /proc -mindepth 2 -maxdepth 2 -name cwd -lname "$directory*" -printf '%h/\n' 2>/dev/null
        grep -lsaF -- "$id" /proc/[0-9]*/cmdline
    } | cut -d/ -f3 | sort -un | grep -vx "$$"
}
# Of the processes given, those that run: a zombie that nobody has waited for yet holds nothing.
alive() {
    local pid stat
    for pid in "$@"; do
        # A number may be taken again: only a process of the run counts, so its start must be the one we noted.
        if read -r stat 2>/dev/null <"/proc/${pid%:*}/stat"; then
            stat=${stat##*) }
            # shellcheck disable=SC2086
            set -- $stat
            [[ $1 != Z && ${20} == "${pid#*:}" ]] && printf '%s ' "$pid($(tr '\0' ' ' <"/proc/${pid%:*}/cmdline" 2>/dev/null))"
        fi
    done
}
with_start() { # PID... -> PID:START...
    local pid stat
    for pid in "$@"; do
        read -r stat 2>/dev/null <"/proc/$pid/stat" || continue
        stat=${stat##*) }
        # shellcheck disable=SC2086
        set -- $stat
        printf '%s:%s ' "$pid" "${20}"
    done
}

# A command with all that could stay behind: a child, a child in a session of its own, an open connection, a file.
cat >"$scratch/busy" <<'BUSY'
#!/bin/sh
sleep 600 &
setsid sleep 601 &
psql -Atc 'SELECT pg_sleep(600)' >/dev/null 2>&1 &
until psql -Atc "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND pid <> pg_backend_pid()" | grep -q 1; do sleep 0.05; done
touch "$PGHOST/left-by-the-command"
echo "$PGHOST" >"$1.new" && mv "$1.new" "$1"
[ -z "${2:-}" ] || exit "$2"
wait
BUSY
chmod 755 "$scratch/busy"

# ended_by NAME WANTED-CODE SIGNAL TARGET(script|group) [CMD-PREFIX...]
ended_by() {
    local name=$1 wanted=$2 signal=$3 target=$4 note=$scratch/where.$BASHPID pid code directory pids begin
    shift 4
    # A group of its own, as a terminal's job has; and SIGINT as an interactive shell leaves it, because a
    # shell without job control would start its background with the signal ignored.
    setsid env --default-signal=INT,QUIT "$@" "$with_postgres" "$scratch/busy" "$note" &
    pid=$!
    for ((waited = 0; waited < 600; waited++)); do [[ -s $note ]] && break; sleep 0.05; done
    [[ -s $note ]] || { fail "$name: the command never ran"; kill -9 "$pid" 2>/dev/null; return; }
    directory=$(<"$note")
    # shellcheck disable=SC2046
    pids=$(with_start $(processes_of "$directory"))
    (($(wc -w <<<"$pids") >= 9)) || fail "$name: only these processes were found before the end: $pids"
    begin=$(now_ms)
    if [[ $target == group ]]; then kill -"$signal" -- "-$pid"; else kill -"$signal" "$pid"; fi
    wait "$pid" 2>/dev/null
    code=$?
    check "$name: exit code" "$wanted" "$code"
    # shellcheck disable=SC2086
    if [[ $signal == KILL ]]; then
        # Nobody is left to wait for; the watcher is given the moment that an immediate shutdown takes.
        for ((waited = 0; waited < 40; waited++)); do [[ -z $(alive $pids) && ! -e $directory ]] && break; sleep 0.05; done
    fi
    # shellcheck disable=SC2086
    check "$name: no process is left" "" "$(alive $pids)"
    check "$name: no file is left" "" "$(ls -d "$directory" 2>/dev/null)"
    printf '    (%s ms)\n' "$(($(now_ms) - begin))"
}

# ---- exit codes and output
"$with_postgres" true; check "success" 0 $?
"$with_postgres" -- sh -c 'exit 7'; check "the command's exit code" 7 $?
"$with_postgres" sh -c 'kill -SEGV $$'; check "a command that dies of a signal" 139 $?
"$with_postgres" /no/such/program 2>/dev/null; check "a command that is not there" 127 $?
: >"$scratch/plain"; "$with_postgres" "$scratch/plain" 2>/dev/null; check "a command that is not a program" 126 $?
"$with_postgres" --no-such-option true 2>/dev/null; check "an unknown option" 2 $?
"$with_postgres" --version 9 true 2>/dev/null; check "a version that is not on offer" 2 $?
"$with_postgres" 2>/dev/null; check "no command" 2 $?
check "standard input and output are the command's own" "in" "$(echo in | "$with_postgres" cat 2>/dev/null)"
check "--help names the exit codes" 1 "$("$with_postgres" --help | grep -c '^Exit codes')"
message=$("$with_postgres" -c shared_buffers=nonsense true 2>&1); check "a server that cannot start" 125 $?
case $message in *"did not start"*nonsense*) echo "ok: its log is shown" ;; *) fail "its log is shown: got '$message'" ;; esac

# ---- what the command finds: one server, asked from within
cat >"$scratch/inside" <<'INSIDE'
psql -Atc 'SELECT current_user, rolsuper, rolcreatedb, pg_get_userbyid(datdba) FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()'
PGPASSWORD=wrong psql -c 'SELECT 1' 2>&1 | grep -o 'password authentication failed'
psql -U "$PGREPO_TEST_ADMIN_USER" -Atc 'SELECT current_user'
env | grep -E '^(PGOPTIONS|PGSSLMODE)=|^POSTGRES_SSL_CA=/x'
psql "host=localhost port=$POSTGRES_TCP_PORT sslmode=verify-full sslrootcert=$POSTGRES_SSL_CA" -Atc 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
psql "host=localhost port=$POSTGRES_TCP_PORT sslmode=verify-full sslrootcert=$PGREPO_TLS_OTHER_CA" -c 'SELECT 1' 2>&1 | grep -o 'certificate verify failed'
psql "host=localhost port=$POSTGRES_TCP_PORT sslmode=disable" -c 'SELECT 1' 2>&1 | grep -o 'no encryption'
psql "host=$POSTGRES_REPLICA_HOST port=$POSTGRES_REPLICA_PORT" -Atc 'SELECT pg_is_in_recovery()'
kill -0 "$PGREPO_POSTGRES_PID" && tail -n 1 "$PGREPO_POSTGRES_LOG" | grep -c .
INSIDE
answers=$(PGOPTIONS=-cfoo POSTGRES_SSL_CA=/x PGSSLMODE=require "$with_postgres" --tls --replica sh "$scratch/inside")
mapfile -t answer <<<"$answers"
check "the role is ordinary, owns the database and may create others" "pgrepo|f|t|pgrepo" "${answer[0]:-}"
check "a wrong password is refused" "password authentication failed" "${answer[1]:-}"
check "the superuser gets in; the caller's settings do not" "postgres" "${answer[2]:-}"
check "--tls is verified in full" "t" "${answer[3]:-}"
check "--tls with another CA is refused" "certificate verify failed" "${answer[4]:-}"
check "--tls admits nobody without" "no encryption" "${answer[5]:-}"
check "--replica is one" "t" "${answer[6]:-}"
check "the server's process and log are named" "1" "${answer[7]:-}"

# ---- side by side
for n in 1 2 3 4; do
    # shellcheck disable=SC2016
    "$with_postgres" --tcp sh -c 'psql -qc "CREATE TABLE only_mine (n int)" && psql -Atc "SELECT count(*) FROM pg_class WHERE relname = '"'only_mine'"'" && echo "$PGHOST"' \
        >"$scratch/beside.$n" 2>&1 &
done
wait
check "four side by side, each with its own server" "4 4" \
    "$(grep -lx 1 "$scratch"/beside.* | wc -l) $(grep -h ^/ "$scratch"/beside.* | sort -u | wc -l)"
check "nested, the inner one has its own" 2 \
    "$("$with_postgres" sh -c "echo \$PGHOST; '$with_postgres' sh -c 'echo \$PGHOST'" | sort -u | wc -l)"

# ---- nothing is left behind
note=$scratch/where.success
"$with_postgres" "$scratch/busy" "$note" 0; check "success with children running on" 0 $?
check "success: no process is left" "" "$(processes_of "$(<"$note")")"
check "success: no file is left" "" "$(ls -d "$(<"$note")" 2>/dev/null)"
note=$scratch/where.failure
"$with_postgres" "$scratch/busy" "$note" 3; check "failure with children running on" 3 $?
check "failure: no process is left" "" "$(processes_of "$(<"$note")")"
check "failure: no file is left" "" "$(ls -d "$(<"$note")" 2>/dev/null)"
# Two at a time: most of each is waiting.
pair() {
    local one n=0
    for one in "$@"; do
        n=$((n + 1))
        (failures=0; eval "$one"; exit "$failures") >"$scratch/pair.$n" 2>&1 &
        eval "local job_$n=$!"
    done
    wait "$job_1" || failures=$((failures + 1))
    wait "$job_2" || failures=$((failures + 1))
    cat "$scratch/pair.1" "$scratch/pair.2"
}
pair 'ended_by "Ctrl-C" 130 INT group' 'ended_by "INT to the script alone" 130 INT script'
pair 'ended_by "TERM" 143 TERM script' 'ended_by "HUP" 129 HUP group'
pair 'ended_by "kill -9 of the script" 137 KILL script' 'ended_by "kill -9 of its whole group" 137 KILL group'

# A stopped backend does not answer the shutdown; it must not hold up the end either.
note=$scratch/where.stopped
begin=$(now_ms)
# shellcheck disable=SC2016
"$with_postgres" sh -c 'echo "$PGHOST" >"$0"; psql -c "SELECT pg_sleep(600)" & sleep 0.3
    kill -STOP $(psql -U postgres -Atc "SELECT pid FROM pg_stat_activity WHERE query LIKE '"'%pg_sleep(600)'"' AND pid <> pg_backend_pid()"); exit 0' "$note"
check "a stopped backend" 0 $?
check "a stopped backend: no process is left" "" "$(processes_of "$(<"$note")")"
(($(now_ms) - begin < 5000)) || fail "a stopped backend held up the end for $(($(now_ms) - begin)) ms"

# ---- as a normal user
if ((EUID == 0)) && id -u nobody >/dev/null 2>&1; then
    # A copy, because the checkout may lie where only root can read.
    cp -r "$root/scripts" "$scratch/scripts"
    chmod -R a+rX "$scratch/scripts"
    as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME=/nonexistent)
    check "as a normal user" "pgrepo" "$(cd / && "${as_nobody[@]}" "$scratch/scripts/with-postgres" psql -Atc 'SELECT current_user' 2>&1)"
    chmod 1777 "$scratch"
    with_postgres=$scratch/scripts/with-postgres
    cd / || exit
    pair 'ended_by "kill -9 as a normal user" 137 KILL script "${as_nobody[@]}"' \
        'ended_by "Ctrl-C as a normal user" 130 INT group "${as_nobody[@]}"'
else
    echo "skipped: the normal user's part (it is what ran just now)"
fi

if ((failures)); then printf '%d failed\n' "$failures"; exit 1; fi
echo "all passed"

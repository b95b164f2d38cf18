#!/usr/bin/env bash
# Usage: watch-and-sweep.sh RUN-ID DIRECTORY SCRIPT-PID  (with a pipe as standard input)
#
# The one place that ends a run of scripts/with-postgres. It waits for the end of its input, which comes when
# the script closes the pipe or dies in any way, kill -9 included, because nobody else holds the writing end.
# Then it kills what belongs to the run, removes the run's directory and goes away.
#
# It runs in a session of its own and without the run's mark in its environment, so that neither Ctrl-C nor
# the sweep of an enclosing run takes it away before it has done its work.
set -u
run_id=$1 directory=$2 script_pid=$3
cd /

while read -r _; do :; done

# What belongs to a run: every process that inherited its mark, whoever its parent is by now, and every process
# that works in its directory. The second catches the servers: PostgreSQL overwrites the memory that
# /proc/PID/environ shows.
marked() { grep -lsaF -- "PGREPO_RUN_$run_id=" /proc/[0-9]*/environ | others; }
others() { while IFS=/ read -r _ _ pid _; do [[ $pid == "$script_pid" ]] || printf '%s\n' "$pid"; done; }
inside() {
    find /proc -mindepth 2 -maxdepth 2 -name cwd \( -lname "$directory" -o -lname "$directory/*" \) \
        2>/dev/null | others
}
postmasters() {
    local file pid
    for file in "$directory"/*/postmaster.pid; do
        [[ -r $file ]] && read -r pid <"$file" && [[ $pid =~ ^[0-9]+$ ]] && printf '%s\n' "$pid"
    done
}
living() { # of the pids given, those that are more than a zombie
    local pid stat
    for pid in "$@"; do
        read -r stat 2>/dev/null <"/proc/$pid/stat" && stat=${stat##*) } && [[ ${stat:0:1} != Z ]] && printf '%s\n' "$pid"
    done
}

mapfile -t servers < <(postmasters)
# An immediate shutdown lets a postmaster take its shared memory along; a killed one leaves it to the machine.
((${#servers[@]} == 0)) || kill -QUIT "${servers[@]}" 2>/dev/null

for ((round = 0; round < 150; round++)); do
    # shellcheck disable=SC2046 # numbers
    mapfile -t left < <(living $(marked))
    ((${#left[@]} == 0)) || kill -KILL "${left[@]}" 2>/dev/null
    # shellcheck disable=SC2046
    mapfile -t in_directory < <(living $(inside))
    mapfile -t servers_left < <(living "${servers[@]}")
    # A backend may be stopped or stuck; its postmaster would give it five seconds. We give it a quarter of one.
    for pid in "${in_directory[@]}"; do
        if ((round > 50)) || { ((round > 12)) || ((${#servers_left[@]} == 0)); } && [[ " ${servers[*]} " != *" $pid "* ]]; then
            kill -KILL "$pid" 2>/dev/null
        fi
    done
    ((${#left[@]} + ${#in_directory[@]} + ${#servers_left[@]} == 0)) && break
    sleep 0.02
done

# Where a postmaster had to be killed after all, its System V segment (56 bytes, an interlock) is still there;
# line 7 of its lock file names it as "key id".
for file in "$directory"/*/postmaster.pid; do
    [[ -r $file ]] || continue
    mapfile -t lock <"$file"
    if [[ ${lock[6]:-} =~ ^\ *[0-9]+\ +([0-9]+) ]]; then ipcrm -m "${BASH_REMATCH[1]}" 2>/dev/null; fi
done

for ((round = 0; round < 50; round++)); do
    rm -rf -- "$directory" 2>/dev/null
    [[ -e $directory ]] || exit 0
    sleep 0.02
done
exit 1

# Sourced. What every script here prints: progress on stderr, so that a command's own output stays clean.

if [[ -t 2 && -z ${NO_COLOR:-} ]]; then
    say_bold=$'\e[1m' say_red=$'\e[31m' say_green=$'\e[32m' say_plain=$'\e[0m'
else
    say_bold='' say_red='' say_green='' say_plain=''
fi

say() { printf '%s\n' "$*" >&2; }

# complain WHAT REMEDY...: one sentence on what is wrong, then what to do about it.
complain() {
    printf '%s%s: %s%s\n' "$say_red" "${say_name:-$(basename "$0")}" "$1" "$say_plain" >&2
    shift
    local remedy
    for remedy in "$@"; do printf '  %s\n' "$remedy" >&2; done
}

# Milliseconds of a clock without forking: EPOCHREALTIME is "seconds.micros" in any locale's decimal sign.
now_ms() { local us=${EPOCHREALTIME/[.,]/}; printf -v "$1" '%s' "$((us / 1000))"; }

# seconds_of MS VARIABLE: 1234 -> "1.2"
seconds_of() { printf -v "$2" '%d.%d' "$(($1 / 1000))" "$(($1 % 1000 / 100))"; }

line_what='' line_watcher=''

# begin_line "what" LOG: the line that end_line completes. On a terminal it says meanwhile, each second, how long it has
# taken and the last "34/144" that ninja or ctest has written to LOG.
begin_line() {
    line_what=$1
    printf '%s==> %-52s%s' "$say_bold" "$1" "$say_plain" >&2
    [[ -t 2 ]] || return 0
    local log=$2 began=$SECONDS
    (
        # Whoever is killed takes nobody along: the watcher notices that the script, or what it watches, is gone.
        while sleep 1 && kill -0 $$ 2>/dev/null && [[ -e $log ]]; do
            printf '\r%s==> %-52s%s%6d s  %s\e[K' "$say_bold" "$line_what" "$say_plain" "$((SECONDS - began))" \
                "$(grep -aoE '^ *\[?[0-9]+/[0-9]+' "$log" | tail -n 1 | tr -d ' [')" >&2
        done
    ) >/dev/null & # its last sleep keeps nobody's pipe open
    line_watcher=$!
}

# end_line "12.3" WHAT...: seconds, and how it went.
end_line() {
    local took=$1
    shift
    if [[ -n $line_watcher ]]; then
        kill -KILL "$line_watcher" 2>/dev/null || :
        wait "$line_watcher" 2>/dev/null || :
        line_watcher=''
        printf '\r%s==> %-52s%s\e[K' "$say_bold" "$line_what" "$say_plain" >&2
    fi
    printf '%6s s  %s\n' "$took" "$*" >&2
}

# step "what" CMD...: runs CMD, shows its output only when it fails, and says how long it took.
# With PGREPO_VERBOSE=1 the output is shown as it comes.
step() {
    local what=$1 begin end took rc=0 out
    shift
    now_ms begin
    if [[ -n ${PGREPO_VERBOSE:-} ]]; then
        say "${say_bold}==> $what${say_plain}"
        "$@" || rc=$?
    else
        out=$(mktemp)
        begin_line "$what" "$out"
        "$@" >"$out" 2>&1 </dev/null || rc=$?
    fi
    now_ms end
    seconds_of "$((end - begin))" took
    if ((rc == 0)); then
        end_line "$took" "${say_green}ok$say_plain"
    else
        end_line "$took" "${say_red}failed (exit $rc)$say_plain"
        if [[ -n ${out:-} ]]; then
            if (($(wc -l <"$out") > 200)); then say "  (the last 200 lines)"; fi
            tail -n 200 "$out" >&2
        fi
    fi
    [[ -z ${out:-} ]] || rm -f "$out"
    return "$rc"
}

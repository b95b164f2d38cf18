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
        printf '%s==> %-52s%s' "$say_bold" "$what" "$say_plain" >&2
        out=$(mktemp)
        "$@" >"$out" 2>&1 </dev/null || rc=$?
    fi
    now_ms end
    seconds_of "$((end - begin))" took
    if ((rc == 0)); then
        printf '%6s s  %sok%s\n' "$took" "$say_green" "$say_plain" >&2
    else
        printf '%6s s  %sfailed (exit %d)%s\n' "$took" "$say_red" "$rc" "$say_plain" >&2
        if [[ -n ${out:-} ]]; then
            if (($(wc -l <"$out") > 200)); then say "  (the last 200 lines)"; fi
            tail -n 200 "$out" >&2
        fi
    fi
    [[ -z ${out:-} ]] || rm -f "$out"
    return "$rc"
}

# Sourced. Until pgrepo's own migrator does it: the migrations, applied by psql to the database that PG* names.

apply_migrations() { # DIRECTORY
    local file
    for file in "$1"/*.up.sql; do
        psql -X -q -v ON_ERROR_STOP=1 --single-transaction -f "$file" || return
    done
}

# Newest first, as they must be taken back.
revert_migrations() { # DIRECTORY
    local files=("$1"/*.down.sql) n
    for ((n = ${#files[@]} - 1; n >= 0; n--)); do
        psql -X -q -v ON_ERROR_STOP=1 --single-transaction -f "${files[n]}" || return
    done
}

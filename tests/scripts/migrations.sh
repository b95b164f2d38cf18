#!/usr/bin/env bash
# Tests migrations/: up, down, up again and down again on a database of its own; nothing is left after down, and what
# their comments promise holds. Needs a server (POSTGRES_*).
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [[ ${1:-} != inside ]]; then exec "$root/scripts/lib/on-fresh-database" --no-migrations -- "$0" inside; fi
# shellcheck source=../../scripts/lib/migrations.sh
. "$root/scripts/lib/migrations.sh"
failures=0
check() { # WHAT WANTED GOT
    if [[ $2 == "$3" ]]; then printf 'ok: %s\n' "$1"; else printf "FAILED: %s: wanted '%s', got '%s'\n" "$@"; failures=$((failures + 1)); fi
}
ask() { psql -X -Atq -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -c "$1" 2>&1; }

objects="SELECT count(*) FROM (
    SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT oid FROM pg_type WHERE typnamespace = 'public'::regnamespace) AS o"

for file in "$root"/migrations/*.sql; do
    case $file in
    *.up.sql) other=${file%.up.sql}.down.sql ;;
    *.down.sql) other=${file%.down.sql}.up.sql ;;
    esac
    check "$(basename "$file") has its counterpart" yes "$([[ -e $other ]] && echo yes)"
done

check "the database begins empty" 0 "$(ask "$objects")"
apply_migrations "$root/migrations"; check "up" 0 $?
first=$(ask "$objects")
revert_migrations "$root/migrations"; check "down" 0 $?
check "nothing is left after down" 0 "$(ask "$objects")"
apply_migrations "$root/migrations"; check "up again" 0 $?
check "up again makes the same" "$first" "$(ask "$objects")"

add="INSERT INTO users (email, first_name, last_name) VALUES ('ada@example.org', 'Ada', 'Lovelace')"
check "defaults fill what they should" "active|f|t|t" \
    "$(ask "$add RETURNING status, is_verified, created_at = updated_at, deleted_at IS NULL")"
case $(ask "$add") in
*'23505'*'users_email_key'*) echo "ok: a second user with the address is refused by users_email_key" ;;
*) check "a second user with the address is refused by users_email_key" "23505" "$(ask "$add")" ;;
esac
check "a deleted user's address is free" "1" "$(ask "UPDATE users SET deleted_at = now(); $add RETURNING 1")"
case $(ask "UPDATE users SET deleted_at = NULL") in
*'23505'*'users_email_key'*) echo "ok: restoring beside the new user is refused" ;;
*) check "restoring beside the new user is refused" "23505" "not refused" ;;
esac
check "columns with a default refuse NULL" "" "$(ask "SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND column_default IS NOT NULL AND is_nullable = 'YES'")"
check "updated_at moves with an update, on every table" "t|t|t" "$(ask "
    INSERT INTO orders (user_id, created_at, updated_at) SELECT id, 'epoch', 'epoch' FROM users WHERE deleted_at IS NULL;
    INSERT INTO order_items (order_id, product_id, price, updated_at) SELECT id, gen_random_uuid(), 9.99, 'epoch' FROM orders;
    UPDATE users SET updated_at = 'epoch'; UPDATE orders SET status = 'paid'; UPDATE order_items SET quantity = 2;
    SELECT (SELECT bool_and(updated_at = now()) FROM users), (SELECT bool_and(updated_at = now()) FROM orders),
           (SELECT bool_and(updated_at = now()) FROM order_items)")"
check "orders and their items go with their user" "0|0" \
    "$(ask "DELETE FROM users; SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM order_items)")"
revert_migrations "$root/migrations"; check "down again" 0 $?
check "nothing is left at the end" 0 "$(ask "$objects")"
((failures == 0)) || { echo "$failures failed"; exit 1; }
echo "all passed"

"""The tables that the workloads use. Those that are written are emptied by the programs, before each measurement."""

import os
import subprocess

from bench_failure import Failure

# The index is what pages by key need, and pages by offset use as well. ids are chosen by a hash: any, but the same in every process.
FILL = """
CREATE TABLE written_users (LIKE users INCLUDING ALL);
CREATE INDEX users_pages ON users (created_at, id) WHERE deleted_at IS NULL;
INSERT INTO users (email, first_name, last_name, is_verified, created_at)
SELECT 'user' || n || '@example.org', 'First' || n, 'Last name ' || n, n % 2 = 0,
timestamptz '2026-01-01 00:00:00.123456+00' + n * interval '1 second' FROM generate_series(1, {rows}) AS n;
CREATE TABLE bench_ids AS SELECT id FROM users ORDER BY md5(email) LIMIT 5000;
VACUUM ANALYZE users;
"""


def psql(text):
    done = subprocess.run(["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-c", text], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure("the tables could not be made: " + done.stderr.strip())
    return done.stdout


def fill(rows):
    # the libraries that read text are to read UTC
    psql(f"ALTER DATABASE \"{os.environ['POSTGRES_DATABASE']}\" SET timezone = 'UTC'")
    for text in FILL.format(rows=rows).strip().split(";\n"):
        psql(text.rstrip(";\n"))


def some_ids(count):
    return psql(f"SELECT id FROM bench_ids ORDER BY md5(id::text) LIMIT {count}").split()

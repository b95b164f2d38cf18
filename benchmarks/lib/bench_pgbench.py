"""pgbench as a peer of W1 and W7: the same SELECT with -M prepared. It decodes nothing."""

import functools
import os
import re
import resource
import shutil
import subprocess
import tempfile
import time

from bench_database import some_ids
from bench_failure import Failure

COLUMNS = "id, email, first_name, last_name, status, is_verified, created_at, updated_at, deleted_at"
FINDS = 50  # a script, each of another id: pgbench has no random uuid, so they are variables (-D)
WARMING = 2  # scripts


@functools.cache
def program():
    """The program itself: Debian's command of that name is a script that looks for it. None: there is none."""
    try:
        folder = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True).stdout.strip()
    except OSError:
        folder = ""
    direct = os.path.join(folder, "pgbench")
    return direct if folder and os.access(direct, os.X_OK) else shutil.which("pgbench")


@functools.cache
def ids():
    return some_ids(FINDS)


@functools.cache
def version():
    text = subprocess.run([program(), "--version"], capture_output=True, text=True).stdout
    found = re.search(r"[\d.]+", text)
    return "pgbench " + (found[0] if found else "?")


def run(connections, scripts):
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write("".join(f"SELECT {COLUMNS} FROM users WHERE id = :id{i} AND deleted_at IS NULL;\n" for i in range(FINDS)))
        script.flush()
        command = [program(), "-n", "-M", "prepared", "-c", str(connections), "-j", str(connections), "-t", str(scripts),
                   "-f", script.name]
        for i, value in enumerate(ids()):
            command += ["-D", f"id{i}={value}"]
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic_ns()
        done = subprocess.run(command, capture_output=True, text=True)
        took, after = time.monotonic_ns() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise Failure("pgbench failed: " + done.stderr.strip())
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return int(used * 1e9), took


def connections_of(workload):
    """As many as are at work at once: threads or sessions, whichever are fewer (`W7-32-on-8` is 8)."""
    numbers = [int(n) for n in re.findall(r"\d+", workload)]
    return 1 if workload == "W1" else min(numbers[1], numbers[2] if len(numbers) > 2 else 4)


def once(workload, operations):
    """The difference of two runs, so that neither its start nor its connecting and preparing is in it."""
    connections = connections_of(workload)
    scripts = max(1, operations // FINDS // connections)
    cpu_less, wall_less = run(connections, WARMING)
    cpu, wall = run(connections, WARMING + scripts)
    return {"version": version(), "cpu_ns": max(1, cpu - cpu_less), "wall_ns": max(1, wall - wall_less),
            "operations": scripts * FINDS * connections, "checksum": None}

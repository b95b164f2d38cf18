"""One process a measurement, in rounds, in an order that moves on; and what becomes of the samples."""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

import bench_pgbench
from bench_failure import Failure
from bench_plan import BASELINE, COUNTED, NODE, NODE_EVERY, NOT_YET, ROOT, WITH_MEMORY, rounds_of


def say(text, end="\n"):
    print(text, end=end, file=sys.stderr, flush=True)


class Proxy:
    """benchmarks/proxy.cpp before the server, for as long as the `with` lasts; it makes every round trip 1 ms longer, and counts."""

    def __init__(self, folder):
        self.command = [os.path.join(folder, "pgrepo_bench_proxy"), "--delay-us", "1000", os.environ["POSTGRES_TCP_PORT"]]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        ports = self.process.stdout.readline().split()
        if len(ports) != 2:
            self.__exit__()
            raise Failure("the proxy did not start")
        return {"POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": ports[0], "PGREPO_BENCH_PROXY": ports[1]}

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Nowhere:
    """The server's own address."""

    def __init__(self, changes):
        self.changes = changes

    def __enter__(self):
        return self.changes

    def __exit__(self, *_):
        pass


def place_of(workload, folder):
    if workload.network == "1ms":
        return Proxy(folder)
    if workload.network == "tcp":
        return Nowhere({"POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": os.environ["POSTGRES_TCP_PORT"]})
    return Nowhere({})


def run_program(program, environment):
    done = subprocess.run(program, capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        raise Failure(f"{' '.join(map(os.path.basename, program))} failed (exit {done.returncode}): {done.stderr.strip()}")
    return json.loads(done.stdout)


def once(plan, client, workload, operations, environment):
    if client == "pgbench":
        return bench_pgbench.once(workload.base, operations)
    if client in NODE:
        program = ["node", os.path.join(ROOT, "benchmarks", "clients", "node.mjs"), client]
    else:
        program = [os.path.join(plan.folder, "pgrepo_bench_" + client)]
    return run_program([*program, workload.base, str(operations)], environment)


def quantile(values, q):
    values = sorted(values)
    at = q * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


def spread(ratios):
    return round((quantile(ratios, 0.9) - quantile(ratios, 0.1)) / 2, 3)


class Progress:
    """What is done and, from how long a measurement has taken so far, what is left."""

    def __init__(self, total):
        self.total, self.done, self.began = total, 0, time.monotonic()

    def step(self, text):
        passed = time.monotonic() - self.began
        left = f", some {passed / self.done * (self.total - self.done) / 60:.1f} minutes left" if self.done > 20 else ""
        say(f"\r{text}: {self.done}/{self.total} measurements{left} ".ljust(90), end="")
        self.done += 1


def takes_part(client, number):
    return client not in NODE or number % NODE_EVERY == 0


def measurements(plan, workload, options):
    return sum(takes_part(client, number) for number in range(rounds_of(workload, options)) for client in plan.clients(workload))


def measure(plan, workload, options, progress):
    clients, rounds = plan.clients(workload), rounds_of(workload, options)
    operations = max(1, workload.operations // 50) if options.smoke else workload.operations
    taken = {client: {} for client in clients}
    with place_of(workload, plan.folder) as environment:
        for number in range(rounds):
            for offset in range(len(clients)):
                client = clients[(number + offset) % len(clients)]
                if takes_part(client, number):
                    progress.step(workload.id)
                    taken[client][number] = once(plan, client, workload, operations, environment)
    sums = {client: run["checksum"] for client, runs in taken.items() for run in runs.values() if run["checksum"] is not None}
    if len({run["checksum"] for runs in taken.values() for run in runs.values()} - {None}) != 1:
        raise Failure(f"{workload.id}: not all read or wrote the same: {sums}")
    return [row(workload, client, taken) for client in clients] + pending(workload, clients)


def row(workload, client, taken):
    runs, base = taken[client], taken[BASELINE]
    ratios = {key: [run[key] / run["operations"] / base[number][key] * base[number]["operations"] for number, run in runs.items()]
              for key in ("cpu_ns", "wall_ns")}
    # where the network decides, the spread of what it decides about
    decisive = ratios["wall_ns" if workload.network == "1ms" else "cpu_ns"]
    any_run = next(iter(runs.values()))

    def median(value, digits=1):
        return round(statistics.median(value(run) for run in runs.values()), digits)

    result = {
        "id": workload.id, "name": workload.name, "subject": client, "version": any_run["version"], "baseline": "libpq-binary",
        "cpu_ratio": round(statistics.median(ratios["cpu_ns"]), 3), "wall_ratio": round(statistics.median(ratios["wall_ns"]), 3),
        "instr_ratio": None, "spread": spread(decisive), "rounds": len(runs),
        "cpu_ns_per_operation": median(lambda run: run["cpu_ns"] / run["operations"]),
        "wall_ns_per_operation": median(lambda run: run["wall_ns"] / run["operations"])}
    if workload.base in WITH_MEMORY and any_run.get("peak_kib"):
        result["peak_kib"] = median(lambda run: run["peak_kib"], 0)
    if any_run.get("round_trips") is not None:
        result["round_trips_per_operation"] = median(lambda run: run["round_trips"] / run["operations"], 2)
    if any_run.get("connections_opened") is not None:
        result["connections_opened"] = median(lambda run: run["connections_opened"], 0)
    return result


def pending(workload, clients):
    if "pgrepo" in clients:
        return []
    return [{"id": workload.id, "name": workload.name, "subject": "pgrepo", "baseline": "libpq-binary", "cpu_ratio": None,
             "wall_ratio": None, "instr_ratio": None, "spread": None, "note": NOT_YET.get(workload.base, "not there yet")}]


def instructions(plan, client, workload):
    """Of the client, inside what is measured alone."""
    with tempfile.TemporaryDirectory(prefix="pgrepo-bench-") as folder:
        command = ["valgrind", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=pgrepo_bench_measured",
                   f"--callgrind-out-file={folder}/out", os.path.join(plan.folder, "pgrepo_bench_" + client), workload,
                   str(COUNTED[workload])]
        done = subprocess.run(command, capture_output=True, text=True)
        found = re.search(r"Collected : (\d+)", done.stderr)
        if done.returncode != 0 or not found or int(found[1]) == 0:
            raise Failure(f"{client} {workload} under callgrind failed (exit {done.returncode}): {done.stderr.strip()[-600:]}")
        return int(found[1])


def count_instructions(plan, results):
    for workload in COUNTED:
        rows = [r for r in results if r["id"] == workload and r["subject"] not in NODE and r["subject"] != "pgbench"]
        if not rows:
            continue
        counts = {}
        for each in rows:
            say(f"\r{workload}: counting instructions, {each['subject']} ".ljust(90), end="")
            counts[each["subject"]] = instructions(plan, each["subject"], workload)
        for each in rows:
            each["instr_ratio"] = round(counts[each["subject"]] / counts[BASELINE], 3)

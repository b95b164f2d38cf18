"""What is measured, by whom, how often. The workloads themselves, their names and sizes are the programs' (`--list`)."""

import json
import os
import subprocess

import bench_pgbench
from bench_failure import Failure

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BASELINE = "by_hand"

# What pgrepo cannot do yet. The baseline is measured, so that whoever brings it adds pgrepo's half to clients/pgrepo.cpp.
NOT_YET = {"W2-stream": "pgrepo reads no streams yet", "W3-pipeline": "pgrepo has no pipelines yet",
           "W3-unnest": "pgrepo inserts no arrays of rows yet", "W3-copy": "pgrepo has no COPY yet",
           "W10-keyset": "pgrepo has no keyset pages yet", "W10-keyset-100000": "pgrepo has no keyset pages yet",
           "W11": "pgrepo has no caches yet"}
COMPILING = "W6"  # not a program's: benchmarks/compile_time
COUNTED = {"W1": 500, "W2": 1, "W4": 2_000}  # instructions, by callgrind: so many operations
WITH_MEMORY = ("W2", "W2-stream")
NODE = {"pg": ("W1", "W2", "W3-single", "W4"), "postgres": ("W1", "W2", "W3-single", "W4")}
NODE_EVERY = 3  # rounds: each process takes as long to start as five others to measure
TITLES = {"by_hand": "libpq by hand, binary", "pgrepo": "pgrepo", "libpqxx": "libpqxx", "soci": "SOCI", "pg": "pg (Node.js)",
          "postgres": "postgres.js (Node.js)", "pgbench": "pgbench"}
NETWORKS = {"tcp": "over TCP", "1ms": "over TCP, 1 ms more a round trip"}


def rounds_of(workload, options):
    if options.smoke:
        return 1
    if workload.id == "W2-stream":
        return 1 if options.quick else 5
    if options.quick:
        return 3 if workload.id in COUNTED else 2
    return 31 if workload.id in COUNTED else 7 if workload.network == "1ms" else 13


class Workload:
    """An id of the table: what a program calls `base`, on a network or on the unix socket."""

    def __init__(self, listed, network=None):
        self.base, self.network = listed["id"], network
        self.id = self.base + (f"-{network}" if network else "")
        self.name = listed["name"] + (f", {NETWORKS[network]}" if network else "")
        self.operations = listed["slow_operations"] if network == "1ms" else listed["operations"]


def listed_by(program):
    done = subprocess.run([program, "--list"], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"{os.path.basename(program)} --list failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


class Plan:
    """Every workload, and for each library the ids that it can do."""

    def __init__(self, folder):
        self.folder = folder
        self.can, self.versions, self.workloads = {}, {}, []
        for client in ("by_hand", "pgrepo", "libpqxx", "soci"):
            program = os.path.join(folder, "pgrepo_bench_" + client)
            if not os.access(program, os.X_OK):
                continue
            listed = listed_by(program)
            self.can[client] = {w["id"] for w in listed["workloads"] if w["can"]}
            self.versions[client] = listed["version"]
            if client == BASELINE:
                for each in listed["workloads"]:
                    self.workloads += [Workload(each, network) for network in (None, "tcp", "1ms")
                                       if network is None or each["slow_operations"]]
        modules = os.path.join(os.environ.get("PGREPO_NODE_MODULES", ""), "node_modules")
        self.can.update({client: set(ids) for client, ids in NODE.items() if os.path.isdir(os.path.join(modules, client))})
        if bench_pgbench.program():
            self.can["pgbench"] = {w.base for w in self.workloads if w.base == "W1" or w.base.startswith("W7")}

    def missing(self):
        return [client for client in TITLES if client not in self.can]

    def clients(self, workload):
        """Who takes part; Node.js and pgbench on the unix socket alone."""
        return [client for client in TITLES if workload.base in self.can.get(client, ()) and
                not (workload.network and (client in NODE or client == "pgbench"))]

    def ids(self):
        return [w.id for w in self.workloads] + [COMPILING]

    def choose(self, names):
        """An id alone, or all that begin with it where it is none: W3 is W3-single, W3-pipeline and so on."""
        chosen = []
        for name in names:
            found = [i for i in self.ids() if i == name] or [i for i in self.ids() if i.startswith(name + "-")]
            if not found:
                raise Failure(f"{name} is no workload; these are: {', '.join(self.ids())}")
            chosen += found
        return chosen

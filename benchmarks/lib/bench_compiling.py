"""W6: rows out of benchmarks/compile_time."""

import json
import os
import statistics
import subprocess
import tempfile

from bench_failure import Failure
from bench_measuring import spread
from bench_plan import COMPILING, ROOT

NAMES = {("floor", None): ("floor", "the floor: libpq's header and some of std"),
         ("control", 1): ("control", "the same calls, declared, without pgrepo"),
         ("compiled", 1): ("pgrepo", "pgrepo, repository.hpp, compiled once"),
         ("repository", 1): ("pgrepo", "pgrepo, repository.hpp, header-only"),
         ("pgrepo", 1): ("pgrepo", "pgrepo, pgrepo.hpp, header-only")}


ROUNDS = 13  # each about six seconds


def rows(options):
    with tempfile.TemporaryDirectory(prefix="pgrepo-bench-") as folder:
        path = os.path.join(folder, "compile_time.json")
        done = subprocess.run([os.path.join(ROOT, "benchmarks", "compile_time"), "--one",
                               "--rounds", "2" if options.quick else str(ROUNDS), "--json", path],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"benchmarks/compile_time failed (exit {done.returncode}): {done.stderr.strip()[-600:]}")
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    compiler = document["compilers"][0]
    floor = next(unit for unit in compiler["units"] if unit["variant"] == "floor")
    out = []
    for unit in compiler["units"]:
        known = NAMES.get((unit["variant"], unit["repositories"]))
        if known:
            ratios = [a / b for a, b in zip(unit["cpu_s_rounds"], floor["cpu_s_rounds"])]
            out.append({"id": COMPILING, "name": "compiling a file with one repository", "subject": known[0],
                        "version": known[1], "compiler": compiler["version"], "baseline": "floor",
                        "cpu_ratio": round(statistics.median(ratios), 3), "wall_ratio": None, "instr_ratio": None,
                        "spread": spread(ratios), "rounds": document["rounds"],
                        "cpu_ns_per_operation": round(statistics.median(unit["cpu_s_rounds"]) * 1e9), "object_bytes": unit["text_and_data"]})
    return out

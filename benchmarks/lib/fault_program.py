"""Programs that measure what faults cost: made of one file and of the fault bench of the tests, without CMake."""

import json
import os
import shutil
import subprocess

import compile_units
from compile_units import ROOT, Failure, say


def main(name, parse, run):
    """The exit code of `run(parse())`, with what went wrong said on stderr."""
    options = parse()
    os.environ["LC_ALL"] = "C"
    try:
        return run(options)
    except Failure as failure:
        say(f"{name}: {failure}")
        for remedy in failure.remedies:
            say(f"  {remedy}")
        return failure.code
    except (OSError, ValueError) as failure:
        say(f"{name}: {failure}")
        return 1
    except KeyboardInterrupt:
        say("\ninterrupted")
        return 130


def check_json(parser, options):
    """--json FILE: known to be no use before minutes have been spent."""
    if options.json is None:
        return
    options.json = os.path.abspath(options.json)
    if os.path.isdir(options.json) or not os.access(os.path.dirname(options.json), os.W_OK):
        parser.error("--json needs a file in a folder that can be written to")


def write_json(options, document):
    with open(options.json, "w", encoding="utf-8") as file:
        file.write(json.dumps(document, indent=1) + "\n")


def path(name):
    return os.path.join(ROOT, "build", name, name)


def install(command):
    """What building and running needs. False: something is missing, which was said."""
    wanted = f". lib/say.sh && . lib/need.sh && say_name={command} && need cxx boost fmt libpq postgres '?ccache'"
    return subprocess.run(["bash", "-c", wanted], cwd=os.path.join(ROOT, "scripts")).returncode == 0


def build(name, folder, *support):
    """benchmarks/FOLDER/NAME.cpp with these files of tests/faults/support, by g++ -O2."""
    os.makedirs(os.path.dirname(path(name)), exist_ok=True)
    compiler = compile_units.gcc()
    command = ([shutil.which("ccache")] if shutil.which("ccache") else []) + [compiler]
    bench = os.path.join(ROOT, "tests", "faults", "support")
    flags = ["-std=c++20", "-O2", "-Wall", "-Wextra", f"-I{ROOT}/include", f"-I{bench}", f"-I{compile_units.libpq_include()}"]
    objects = []
    for file in (os.path.join(ROOT, "benchmarks", folder, name + ".cpp"), *(os.path.join(bench, each) for each in support)):
        objects.append(os.path.join(os.path.dirname(path(name)), os.path.splitext(os.path.basename(file))[0] + ".o"))
        done = subprocess.run([*command, *flags, "-c", file, "-o", objects[-1]], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(1, f"{os.path.relpath(file, ROOT)} does not compile:", *done.stderr.splitlines()[:40])
    done = subprocess.run([compiler, *objects, "-o", path(name), "-lpq", "-lfmt", "-pthread"], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(3, "the program cannot be linked:", *done.stderr.splitlines()[-8:],
                      "needed: libpq and fmt (scripts/bench installs them on Debian 12)")

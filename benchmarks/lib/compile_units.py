"""What it takes to measure what compiling costs: generated translation units, and compilers that are timed on them."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

FLOOR = """\
#include <libpq-fe.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

void nothing() {}
"""

# Names differ from one repository to the next, as in a real program: nothing is instantiated for two of them at once.
REPOSITORY = """
struct record@ {
    pgrepo::uuid id;
    std::string email@;
    std::string name@;
    std::string status@;
    bool verified@;
    std::int64_t logins@;
    double score@;
    pgrepo::timestamptz created_at;
    std::optional<pgrepo::timestamptz> deleted_at;

    using pgrepo_mapping =
        pgrepo::annotations<pgrepo::table<"records@">, pgrepo::primary_key<&record@::id>,
                            pgrepo::generated<&record@::id, &record@::created_at>,
                            pgrepo::soft_delete<&record@::deleted_at>>;
};

struct draft@ {
    std::string email@;
    std::string name@;
    std::string status@;
    bool verified@;
    std::int64_t logins@;
    double score@;
};

struct patch@ {
    std::optional<std::string> name@;
    std::optional<std::string> status@;
};

std::size_t use@(pgrepo::postgres_service& db, pgrepo::uuid id, std::string_view text) {
    using pgrepo::col;
    pgrepo::table_repository<record@> records(db);
    auto created = records.create(draft@{});
    auto found = records.find(id);
    auto updated = records.update(id, patch@{});
    auto removed = records.remove(id);
    auto some = records.find_all(col<&record@::email@> == text);
    auto fewer = records.find_all(col<&record@::status@> == text && col<&record@::logins@> > 5);
    auto one = records.find_one(col<&record@::name@>.like(text));
    return created.name@.size() + found.has_value() + updated.name@.size() + removed + some.size() + fewer.size() +
           one.has_value();
}
"""

# What such a unit costs without pgrepo: the same structs, and the same function calling functions that are only declared.
CONTROL = """
struct record@ {
    std::array<unsigned char, 16> id;
    std::string email@;
    std::string name@;
    std::string status@;
    bool verified@;
    std::int64_t logins@;
    double score@;
    std::chrono::sys_time<std::chrono::microseconds> created_at;
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> deleted_at;
};

struct draft@ {
    std::string email@;
    std::string name@;
    std::string status@;
    bool verified@;
    std::int64_t logins@;
    double score@;
};

struct patch@ {
    std::optional<std::string> name@;
    std::optional<std::string> status@;
};

record@ create(const draft@&);
std::optional<record@> find@(const std::array<unsigned char, 16>& id);
record@ update(const std::array<unsigned char, 16>& id, const patch@&);
bool remove@(const std::array<unsigned char, 16>& id);
std::vector<record@> find_all@(std::string_view);
std::vector<record@> find_all@(std::string_view, std::int64_t);
std::optional<record@> find_one@(std::string_view);

std::size_t use@(const std::array<unsigned char, 16>& id, std::string_view text) {
    auto created = create(draft@{});
    auto found = find@(id);
    auto updated = update(id, patch@{});
    auto removed = remove@(id);
    auto some = find_all@(text);
    auto fewer = find_all@(text, 5);
    auto one = find_one@(text);
    return created.name@.size() + found.has_value() + updated.name@.size() + removed + some.size() + fewer.size() +
           one.has_value();
}
"""

# id, how a table names it, header, defines
VARIANTS = (
    ("control", "the same calls, declared, without pgrepo", None, ()),
    ("compiled", "`repository.hpp`, compiled once", "pgrepo/repository.hpp", ("-DPGREPO_SEPARATE_COMPILATION",)),
    ("repository", "`repository.hpp`, header-only", "pgrepo/repository.hpp", ()),
    ("pgrepo", "`pgrepo.hpp`, header-only", "pgrepo/pgrepo.hpp", ()),
)
FLAGS = ("-std=c++20", "-O2")


def say(text, end="\n"):
    print(text, end=end, file=sys.stderr, flush=True)


class Failure(Exception):
    def __init__(self, code, what, *remedies):
        super().__init__(what)
        self.code, self.remedies = code, remedies


class Unit:
    """One file to compile. `variant` and `repositories` only say which it is; the floor has no number."""

    def __init__(self, variant, title, repositories, source, defines=()):
        self.variant, self.title, self.repositories = variant, title, repositories
        self.source, self.defines = source, list(defines)
        self.cpu = []  # seconds, one a round
        self.lines = self.bytes = None
        self.peak_kb = 0  # of the compiler

    def label(self):
        return self.variant if self.repositories is None else f"{self.variant}/{self.repositories}"


def write_source(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def floor_unit(folder):
    return Unit("floor", "the floor", None, write_source(folder, "floor.cpp", FLOOR))


def repository_units(folder, counts):
    """Units with so many repositories: `counts` has a list of numbers for each variant wanted."""
    units = []
    for variant, title, header, defines in VARIANTS:
        for count in counts.get(variant, ()):
            text = f"#include <{header}>\n\n" if header else FLOOR.replace("void nothing() {}\n", "#include <array>\n")
            text += "#include <cstdint>\n#include <optional>\n#include <string>\n#include <string_view>\n\n"
            text += "void nothing() {}\n"
            text += "".join((REPOSITORY if header else CONTROL).replace("@", str(i)) for i in range(1, count + 1))
            units.append(Unit(variant, title, count, write_source(folder, f"{variant}_{count}.cpp", text), defines))
    return units


def output_of(command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def libpq_include():
    folder = output_of(["pg_config", "--includedir"]).strip()
    return folder if folder and os.path.isdir(folder) else "/usr/include/postgresql"


def gcc():
    command = next((c for c in ("g++-12", "g++") if shutil.which(c)), None)
    if not command:
        raise Failure(3, "there is no g++", "on Debian 12: apt-get install g++")
    return command


def includes():
    return ["-I" + os.path.join(ROOT, "include"), "-I" + libpq_include()]


class Compiler:
    """Times a compiler on `units`, the first of which is the floor. Set CCACHE_DISABLE=1 before."""

    def __init__(self, command, folder, units):
        self.command, self.units = command, units
        self.version = (output_of([command, "--version"]).splitlines() or ["?"])[0]
        self.object = os.path.join(folder, "unit.o")

    def line(self, unit, *more):
        return [self.command, *FLAGS, *includes(), *unit.defines, unit.source, *more]

    def preprocess(self, unit):
        """Counts what is left for the compiler: no blank lines, no line markers."""
        done = subprocess.run(self.line(unit, "-E"), capture_output=True)
        if done.returncode != 0:
            raise Failure(3, f"{self.command} does not find the headers of {unit.label()}:",
                          *done.stderr.decode(errors="replace").splitlines()[-8:],
                          "needed: libpq, Boost 1.81 or newer and fmt (scripts/test installs them on Debian 12)")
        unit.lines = sum(1 for line in done.stdout.splitlines() if line.strip() and not line.startswith(b"#"))

    def compile(self, unit):
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(self.line(unit, "-c", "-o", self.object), stdin=subprocess.DEVNULL, stdout=said,
                                       stderr=said)
            try:
                _, status, used = os.wait4(process.pid, 0)
            except BaseException:
                process.kill()
                raise
            process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            output = said.read().decode(errors="replace").splitlines()
        if process.returncode != 0:
            raise Failure(1, f"{self.command} does not compile {unit.label()}:", *output[:40])
        unit.peak_kb = max(unit.peak_kb, used.ru_maxrss)
        if unit.bytes is None:
            rows = output_of(["size", self.object]).splitlines()
            if len(rows) == 2:
                text, data = rows[1].split()[:2]
                unit.bytes = int(text) + int(data)
        return used.ru_utime

    def round(self, compiled):
        """Compiles every unit once and tells `compiled` of it."""
        # Every ratio of the round stands on the floor, which takes a third of a second: the median of three.
        floor, rest = self.units[0], self.units[1:]
        floors = [self.compile(floor)]
        for number, unit in enumerate(rest):
            unit.cpu.append(self.compile(unit))
            compiled(unit)
            if number == len(rest) // 2:
                floors.append(self.compile(floor))
        floors.append(self.compile(floor))
        floor.cpu.append(statistics.median(floors))
        compiled(floor)

    def find(self, variant, repositories):
        for unit in self.units:
            if unit.variant == variant and unit.repositories == repositories:
                return unit
        return None


def summary(samples):
    return {"median": statistics.median(samples), "lowest": min(samples), "highest": max(samples)}

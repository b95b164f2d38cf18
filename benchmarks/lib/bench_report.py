"""The table, the chart and the document."""

import datetime
import html
import platform
import re

from bench_plan import BASELINE, NODE_EVERY, TITLES


def decisive(result):
    """What a row is about: with 1 ms a round trip the elapsed time, else the client's CPU."""
    return "wall_ratio" if result["id"].endswith("-1ms") else "cpu_ratio"


def time_text(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= 10 * size or (unit == "s" and nanoseconds >= size / 10):
            return f"{nanoseconds / size:,.2f} {unit}" if nanoseconds < 10 * size else f"{nanoseconds / size:,.0f} {unit}"
    return f"{nanoseconds:,.0f} ns"


def further(result):
    parts = []
    if result.get("instr_ratio") is not None:
        parts.append(f"instructions {result['instr_ratio']:.2f} ×")
    if "round_trips_per_operation" in result:
        trips = result["round_trips_per_operation"]
        parts.append(f"{trips:g} round trip{'' if trips == 1 else 's'}")
    if "connections_opened" in result:
        parts.append(f"{result['connections_opened']:g} connections opened")
    if "peak_kib" in result:
        parts.append(f"peak {result['peak_kib'] / 1024:,.0f} MiB")
    if "object_bytes" in result and result["object_bytes"] is not None:
        parts.append(f"text and data {result['object_bytes']:,} bytes")
    return ", ".join(parts)


def ratio_text(result, key):
    if result[key] is None:
        return ""
    return f"**{result[key]:.3f}**" if key == decisive(result) else f"{result[key]:.3f}"


def table(results):
    lines = ["| id | library | client CPU, × | elapsed, × | spread | CPU an operation | |", "|---|---|--:|--:|--:|--:|---|"]
    for r in results:
        if r["cpu_ratio"] is None:
            lines.append(f"| {r['id']} | {r['subject']} | | | | | not measured: {r['note']} |")
            continue
        hand = " by hand" if r["subject"] == BASELINE else ""
        lines.append(f"| {r['id']} | {r['version']}{hand} | {ratio_text(r, 'cpu_ratio')} | {ratio_text(r, 'wall_ratio')} | "
                     f"±{r['spread']:.3f} | {time_text(r['cpu_ns_per_operation'])} | {further(r)} |")
    return "\n".join(lines)


def names(results):
    """The ids in words; networks go without saying."""
    seen = dict.fromkeys((r["id"], r["name"]) for r in results if not r["id"].endswith(("-tcp", "-1ms")))
    return "\n".join(f"- `{identity}`: {name}" for identity, name in seen)


def chart(results):
    """Bars of the decisive ratio, one group a workload. What is longer than `most` ends there, and its figure says more."""
    most = 4.0
    left, scale, height, y = 290, 400 / most, 20, 34
    parts, last = [], None
    measured = [r for r in results if r["cpu_ratio"] is not None]
    compared = {r["id"] for r in measured if r["subject"] not in (BASELINE, "floor")}
    for r in measured:
        if r["id"] not in compared:
            continue
        if r["id"] != last:
            y += 12
            what = "elapsed: " if decisive(r) == "wall_ratio" else ""
            parts.append(f'<text x="10" y="{y + 14}" font-weight="bold">{html.escape(r["id"] + ": " + what + r["name"])}</text>')
            y += height + 4
            last = r["id"]
        value = r[decisive(r)]
        color = "#2b6cb0" if r["subject"] == "pgrepo" else "#a0aec0"
        width = min(value, most) * scale
        cut = " (bar cut)" if value > most else ""
        parts.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{html.escape(r["version"])}</text>'
                     f'<rect x="{left}" y="{y + 2}" width="{width:.1f}" height="{height - 6}" fill="{color}"/>'
                     f'<text x="{left + width + 6:.1f}" y="{y + 14}">{value:.2f}{cut}</text>')
        y += height
    one = left + scale
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{y + 20}" font-family="sans-serif" font-size="12">'
            f'<rect width="100%" height="100%" fill="white"/><text x="10" y="22" font-size="14">Client CPU as a ratio to libpq by hand '
            f'(less is better)</text><line x1="{one:.1f}" y1="40" x2="{one:.1f}" y2="{y + 6}" stroke="#718096" '
            f'stroke-dasharray="3 3"/>{"".join(parts)}</svg>\n')


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return re.search(r"model name\s*: (.*)", file.read())[1]
    except (OSError, TypeError):
        return platform.machine()


def document(results, missing, rounds):
    return {"date": datetime.date.today().isoformat(), "processor": processor(), "rounds": rounds, "missing": missing,
            "results": results}


def page(document_):
    results = document_["results"]
    return (f"# What it costs\n\n![client CPU](results.svg)\n\nRatios to libpq by hand in the same round; **bold** is what the row is "
            f"about: the client's CPU or, where a round trip is 1 ms longer, the time that passed. In W6 they are ratios to the floor. "
            f"The spread is half of what lies between the 10th and the 90th percentile of the rounds.\n\n"
            f"{table(results)}\n\n{names(results)}\n\nUp to {document_['rounds']} rounds (Node.js every {NODE_EVERY}rd), "
            f"{document_['date']}, {document_['processor']}, client and server on one core. Made by `scripts/bench`; "
            f"benchmarks/README.md says what each workload does and how to read it.\n")


def missing_text(missing):
    return "".join(f"\n\nnot compared: {TITLES[client]} (not installed when scripts/bench looked for it)" for client in missing)

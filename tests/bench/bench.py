#!/usr/bin/python3
"""What the plugin costs: ratios, each against a baseline that is measured in the same run on the same rows.

    tests/beds/postgres/with-cluster tests/bench/bench.py [--tasks N]... [--rounds N] [--engine postgresql|sqlite]... [--lines WORDS]...
                                                          [--json FILE]

Prints a table, and with --json adds the figures to a file from which page.py makes docs/performance.md. Lines and baselines are in
lines.py; `kubectl-akqueue` and `akqueue-sim` are those on PATH, the agent is the real one, run by the stand-in kubectl. They run
with the Python of this script; authentik has psycopg with its C part (pip's psycopg[binary], in a venv). Nothing here is a
test: times depend on the machine, ratios hardly; both are worth what the machine had to do besides.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile

from figures import read, write
from lines import DELETIONS, LOOKS
from sites import Postgres, Replica

SITES = {"postgresql": Postgres, "sqlite": Replica}


def asked_for(words):
    """The names of lines with these words; of all without any. A line's whole name means that line alone."""
    names = {line[0] for line in (*DELETIONS, *LOOKS)}
    parts = [word for word in words or [""] if word not in names]
    return {name for name in names if name in (words or []) or any(part in name for part in parts)}


def chosen(lines, words):
    """Those that are asked for, and what they are compared with."""
    names = asked_for(words)
    names |= {line[1] for line in lines if line[0] in names}
    return [line for line in lines if line[0] in names]


def run_round(site, words, costs):
    """Adds the costs of each line, one after the other. What changes nothing shares a copy."""
    for lines, changes in ((LOOKS, False), (DELETIONS, True)):
        here = [line for line in chosen(lines, words) if site.engine in line[3]]
        for number, (name, _, run, _) in enumerate(here):
            if changes or number == 0:
                site.renew()
            costs.setdefault(name, []).append(run(site))
            print(f"  {site.engine}: {name}: {costs[name][-1]['seconds']:.3f} s", file=sys.stderr)
            yield name


def most(costs, of):
    values = [value for value in map(of, costs) if value]
    return max(values) if values else None


def of_rounds(name, values):
    """What is longest in each round: the median, as of times, and the worst."""
    return {f"{name}_s": round(statistics.median(values), 3), f"{name}_worst_s": round(max(values), 3)}


def summary(name, baseline, costs):
    """Of all rounds: the line of the table, and of the file."""
    mine = costs[name]
    line = {"line": name, "baseline": baseline, "seconds": [round(cost["seconds"], 4) for cost in mine],
            "median_s": round(statistics.median(cost["seconds"] for cost in mine), 4)}
    if baseline in costs:
        ratios = [one["seconds"] / other["seconds"] for one, other in zip(mine, costs[baseline])]
        line["ratios"] = [round(ratio, 3) for ratio in ratios]
        line["ratio"] = round(statistics.median(ratios), 3)
    if "rows" in mine[0]:
        line["rows"] = mine[0]["rows"]
        line["rows_per_s"] = round(statistics.median(cost["rows"] / cost["seconds"] for cost in mine))
        line["rows_per_cpu_s"] = round(statistics.median(cost["rows"] / max(0.01, sum(cost["cpu_s"].values())) for cost in mine))
        line["bytes"] = mine[0]["bytes"]
        line |= of_rounds("longest_transaction", [cost["longest_s"] for cost in mine])
    if "peak_kib" in mine[0]:
        for part in ("plugin", "agent"):
            peak = most(mine, lambda cost, part=part: cost["peak_kib"][part])
            line[f"{part}_mib"] = round(peak / 1024, 1) if peak else None
    if "cpu_s" in mine[0]:
        line["cpu_s"] = {part: round(statistics.median(cost["cpu_s"][part] for cost in mine), 2) for part in mine[0]["cpu_s"]}
    if "others" in mine[0]:
        line |= of_rounds("others_longest", [cost["others"]["longest_s"] for cost in mine])
        line["others_p99_s"] = round(most(mine, lambda cost: cost["others"]["p99_s"]), 4)
    return line


def shown(line):
    def cell(key, words, width):
        value = line.get(key)
        return f"{words.format(value):>{width}}" if value is not None else " " * width
    return (f"  {line['line']:38}{cell('median_s', '{:.3f} s', 11)}{cell('ratio', '{:.2f}', 8)}{cell('longest_transaction_s', '{:.2f} s', 9)}"
            f"{cell('others_longest_s', '{:.3f} s', 10)}{cell('plugin_mib', '{:.1f}', 8)}{cell('agent_mib', '{:.1f}', 7)}"
            f"{cell('rows_per_cpu_s', '{:,}', 10)}")


def found_so_far(site, tasks, rounds, costs):
    lines = [summary(name, baseline, costs) for name, baseline, _, _ in (*DELETIONS, *LOOKS) if name in costs]
    return {"engine": site.engine, "tasks": tasks, "rounds": rounds, "lines": lines}


def measure(site, tasks, options):
    """Prints the table of a size. What was found is kept from line to line: all of it may take hours."""
    costs = {}
    site.fill(tasks)
    for _ in range(options.rounds):
        for _ in run_round(site, options.lines, costs):
            if options.json:
                add_to(options.json, found_so_far(site, tasks, options.rounds, costs), asked_for(options.lines))
    print(f"\n{site.engine}, {tasks:,} tasks, median of {options.rounds}")
    print(f"  {'':38}{'time':>11}{'ratio':>8}{'longest':>9}{'others':>10}{'plugin':>8}{'agent':>7}{'rows/cpu s':>10}")
    for line in found_so_far(site, tasks, options.rounds, costs)["lines"]:
        print(shown(line), flush=True)


def add_to(path, new, asked):
    """What was measured before of the same engine and size is replaced, line by line: those that were asked for."""
    figures = read(path)
    figures.setdefault("sizes", [])
    figures["machine"] = {"processors": os.cpu_count(), "system": platform.system()}
    same = [old for old in figures["sizes"] if (old["engine"], old["tasks"]) == (new["engine"], new["tasks"])]
    if same:
        kept = {line["line"]: line for line in same[0]["lines"]}
        kept |= {line["line"]: line for line in new["lines"] if line["line"] in asked or line["line"] not in kept}
        same[0]["lines"] = [kept[line[0]] for line in (*DELETIONS, *LOOKS) if line[0] in kept]
        same[0]["rounds"] = new["rounds"]
    else:
        figures["sizes"].append(new)
    figures["sizes"].sort(key=lambda size: (size["engine"], size["tasks"]))
    write(path, figures)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, action="append", help="how many; again for more sizes (1000000)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engine", choices=sorted(SITES), action="append", help="(both)")
    parser.add_argument("--lines", action="append", help="only lines with these words, and what they are compared with")
    parser.add_argument("--json", help="the file to which the figures are added")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="akqueue-bench.") as folder:
        for tasks in options.tasks or [1_000_000]:
            for engine in options.engine or sorted(SITES):
                site = SITES[engine](folder)
                measure(site, tasks, options)
                site.close()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""What the plugin costs: ratios, each against a baseline that is measured in the same run on the same rows.

    tests/beds/postgres/with-cluster tests/bench/bench.py [--tasks N]... [--rounds N] [--engine postgresql|sqlite]... [--lines WORDS]...
                                                          [--json FILE]

Prints a table, and with --json adds the figures to a file from which page.py makes docs/performance.md. Lines and baselines are in
lines.py; `kubectl-akqueue` and `akqueue-sim` are those on PATH, the agent is the real one, run by the stand-in kubectl. Nothing here is a
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


def chosen(lines, words):
    """Those with these words, and what they are compared with."""
    names = {line[0] for line in lines if not words or any(word in line[0] for word in words)}
    names |= {line[1] for line in lines if line[0] in names}
    return [line for line in lines if line[0] in names]


def run_round(site, words, costs):
    """The costs of each line. What changes nothing shares a copy."""
    for lines, changes in ((LOOKS, False), (DELETIONS, True)):
        here = [line for line in chosen(lines, words) if site.engine in line[3]]
        for number, (name, _, run, _) in enumerate(here):
            if changes or number == 0:
                site.renew()
            costs.setdefault(name, []).append(run(site))
            print(f"  {site.engine}: {name}: {costs[name][-1]['seconds']:.3f} s", file=sys.stderr)


def most(costs, of):
    values = [value for value in map(of, costs) if value]
    return max(values) if values else None


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
        line["longest_transaction_s"] = most(mine, lambda cost: cost["longest_s"])
    if "peak_kib" in mine[0]:
        for part in ("plugin", "agent"):
            peak = most(mine, lambda cost, part=part: cost["peak_kib"][part])
            line[f"{part}_mib"] = round(peak / 1024, 1) if peak else None
    if "cpu_s" in mine[0]:
        line["cpu_s"] = {part: round(statistics.median(cost["cpu_s"][part] for cost in mine), 2) for part in mine[0]["cpu_s"]}
    if "others" in mine[0]:
        line["others_longest_s"] = round(most(mine, lambda cost: cost["others"]["longest_s"]), 3)
        line["others_p99_s"] = round(most(mine, lambda cost: cost["others"]["p99_s"]), 4)
    return line


def shown(line):
    def cell(key, words, width):
        value = line.get(key)
        return f"{words.format(value):>{width}}" if value is not None else " " * width
    return (f"  {line['line']:38}{cell('median_s', '{:.3f} s', 11)}{cell('ratio', '{:.2f}', 8)}{cell('longest_transaction_s', '{:.2f} s', 9)}"
            f"{cell('others_longest_s', '{:.3f} s', 10)}{cell('plugin_mib', '{:.1f}', 8)}{cell('agent_mib', '{:.1f}', 7)}"
            f"{cell('rows_per_cpu_s', '{:,}', 10)}")


def of_size(site, tasks, options):
    costs = {}
    site.fill(tasks)
    for _ in range(options.rounds):
        run_round(site, options.lines, costs)
    print(f"\n{site.engine}, {tasks:,} tasks, median of {options.rounds}")
    print(f"  {'':38}{'time':>11}{'ratio':>8}{'longest':>9}{'others':>10}{'plugin':>8}{'agent':>7}{'rows/cpu s':>10}")
    found = []
    for name, baseline, _, _ in (*DELETIONS, *LOOKS):
        if name in costs:
            found.append(summary(name, baseline, costs))
            print(shown(found[-1]), flush=True)
    return {"engine": site.engine, "tasks": tasks, "rounds": options.rounds, "lines": found}


def add_to(path, sizes):
    """What was measured before of the same engine and size is replaced, line by line."""
    figures = read(path)
    figures.setdefault("sizes", [])
    figures["machine"] = {"processors": os.cpu_count(), "system": platform.system()}
    for new in sizes:
        same = [old for old in figures["sizes"] if (old["engine"], old["tasks"]) == (new["engine"], new["tasks"])]
        if not same:
            figures["sizes"].append(new)
            continue
        names = {line["line"] for line in new["lines"]}
        same[0]["lines"] = [line for line in same[0]["lines"] if line["line"] not in names] + new["lines"]
        same[0]["rounds"] = new["rounds"]
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
    sizes = []
    with tempfile.TemporaryDirectory(prefix="akqueue-bench.") as folder:
        for tasks in options.tasks or [1_000_000]:
            for engine in options.engine or sorted(SITES):
                site = SITES[engine](folder)
                sizes.append(of_size(site, tasks, options))
                site.close()
    if options.json:
        add_to(options.json, sizes)


if __name__ == "__main__":
    main()

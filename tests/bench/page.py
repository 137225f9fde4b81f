#!/usr/bin/python3
"""Writes the figures of a benchmark into docs/performance.md: its tables, between their marks, and its pictures.

    page.py [--check]

The figures are tests/bench/figures.json, as bench.py and beside_worker.py leave them with --json. --check changes nothing, and fails if the
tables are not those of the figures.
"""

import io
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FIGURES = os.path.join(HERE, "figures.json")
DOCS = os.path.join(HERE, "..", "..", "docs")
PAGE, PICTURES = os.path.join(DOCS, "performance.md"), os.path.join(DOCS, "pictures")
ENGINES = {"postgresql": "PostgreSQL", "sqlite": "the simulator's SQLite"}


def in_mib(size):
    return f"{size / (1 << 20):,.1f} MiB"


# Key, words, how it is written.
COLUMNS = (("median_s", "time", "{:.2f} s".format), ("ratio", "ratio", "{:.2f}".format),
           ("longest_transaction_s", "longest transaction", "{:.2f} s".format), ("others_longest_s", "others waited at most", "{:.3f} s".format),
           ("bytes", "backup", in_mib), ("plugin_mib", "plugin", "{:.0f} MiB".format), ("agent_mib", "agent", "{:.0f} MiB".format),
           ("rows_per_s", "rows/s", "{:,}".format), ("rows_per_cpu_s", "rows/s and core", "{:,}".format),
           ("cpu_s", "processor time: plugin, agent, database", "{0[plugin]:.1f}, {0[agent]:.1f}, {0[server]:.1f} s".format))
GROWING = ("one statement", "plain script, every row kept", "delete --no-backup", "delete", "delete --jobs 2", "restore")
LOOKING = ("status", "list", "top", "show ID")


def cell(line, key, written):
    """With the worst of all rounds behind it, where that is kept and another one."""
    values = [line[name] for name in (key, key.removesuffix("_s") + "_worst_s") if line.get(name) is not None]
    texts = list(dict.fromkeys(map(written, values)))
    return texts[0] + (f" ({texts[1]})" if len(texts) > 1 else "") if texts else ""


def name_of(line, rounds):
    """With how many rounds it had, if that is not the number of the others."""
    own = len(line["seconds"])
    return line["line"] + (f" ({own} round{'s' if own > 1 else ''})" if own != rounds else "")


def table(size):
    used = [column for column in COLUMNS if any(line.get(column[0]) is not None for line in size["lines"])]
    rows = [["what", "against", *(words for _, words, _ in used)]]
    rows.append(["---", "---", *("---:" for _ in used)])
    for line in size["lines"]:
        rows.append([name_of(line, size["rounds"]), line["baseline"] or "", *(cell(line, key, written) for key, _, written in used)])
    text = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    rounds = f"medians of {size['rounds']} rounds" if size["rounds"] > 1 else "one round"
    return f"**{ENGINES[size['engine']]}, {size['tasks']:,} tasks** ({rounds})\n\n{text}"


def beside_worker(run):
    worker = [["worker's statements", "median", "99 of 100 within", "longest"], ["---", "---:", "---:", "---:"]]
    for name, words in (("worker_alone", "alone"), ("worker_beside", "beside the deletion")):
        one = run[name]
        worker.append([f"{words} ({one['statements']:,})", *(f"{one[key]} ms" for key in ("median_ms", "p99_ms", "longest_ms"))])
    tables = [["table", "before", "after", "dead rows after"], ["---", "---:", "---:", "---:"]]
    for name in run["before"]:
        tables.append([f"`{name}`", *(in_mib(run[when][name]["bytes"]) for when in ("before", "after")), f"{run['after'][name]['dead_rows']:,}"])
    rows = (run["deleted"] + run["log_rows"]) / run["seconds"]
    head = (f"{run['deleted']:,} of {run['tasks']:,} tasks with {run['log_rows']:,} log rows in {run['seconds']:,.0f} s (`--jobs {run['jobs']}`): {rows:,.0f} "
            f"rows a second, {run['batches']:,} batches, the longest transaction {run['longest_transaction_s']:.2f} s, a backup of "
            f"{run['backup_bytes'] / (1 << 20):,.0f} MiB.")
    return "\n\n".join([head, *("\n".join("| " + " | ".join(row) + " |" for row in rows) for rows in (worker, tables))])


def sections(figures):
    """What belongs between each pair of marks."""
    found = {"sizes": "\n\n".join(table(size) for size in figures["sizes"])}
    if "beside_worker" in figures:
        found["beside-worker"] = beside_worker(figures["beside_worker"])
    return found


def with_sections(page, texts):
    for name, text in texts.items():
        marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        assert marks.search(page), f"docs/performance.md has no place for {name}"
        page = marks.sub(lambda found, text=text: f"{found[1]}{text}\n{found[2]}", page)
    return page


def curves(axes, figures, names, engine):
    for name in names:
        points = [(size["tasks"], line["median_s"]) for size in figures["sizes"] if size["engine"] == engine
                  for line in size["lines"] if line["line"] == name]
        if points:
            axes.plot(*zip(*points), marker="o", label=name)
    axes.set(xscale="log", yscale="log", xlabel="tasks in the table", ylabel="seconds")
    axes.grid(True, which="major", alpha=0.3)
    axes.legend(fontsize="small")


def save(figure, name):
    """Without what names places on the network."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawn = re.sub(r"<!DOCTYPE.*?>\n", "", text.getvalue(), flags=re.DOTALL)
    with open(os.path.join(PICTURES, f"{name}.svg"), "w", encoding="utf-8") as file:
        file.write(drawn)


def draw(figures):
    """As text that a browser lays out, and the same bytes each time."""
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "akqueue", "font.size": 9})
    from matplotlib import pyplot
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    curves(left, figures, GROWING, "postgresql")
    left.set_title("deleting 70 %, and bringing it back")
    curves(right, figures, LOOKING, "postgresql")
    right.set_title("looking")
    save(figure, "cost")
    if "beside_worker" in figures:
        figure, axes = pyplot.subplots(figsize=(9, 2.8), layout="constrained")
        points = [(0, 0), *figures["beside_worker"]["over_time"]]
        rates = [(later[0], (later[1] - earlier[1]) / max(0.1, later[0] - earlier[0]) / 1000) for earlier, later in zip(points, points[1:])]
        axes.plot(*zip(*rates))
        axes.set(xlabel="seconds since the command began", ylabel="1,000 rows a second", ylim=(0, None))
        axes.grid(True, alpha=0.3)
        save(figure, "beside-worker")


def main():
    with open(FIGURES, encoding="utf-8") as file:
        figures = json.load(file)
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    written = with_sections(page, sections(figures))
    if "--check" in sys.argv[1:]:
        sys.exit(0 if written == page else "docs/performance.md does not show tests/bench/figures.json: run tests/bench/page.py")
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(written)
    draw(figures)


if __name__ == "__main__":
    main()

"""Writes docs/benchmarks.md and docs/benchmarks.png from the figures of `nearest_peers.py`."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from typing import Any

from nearest_candidates import CANDIDATES

OURS = "zonegap"
INK, GREY = "#0072b2", "#999999"


def milliseconds(seconds: float) -> str:
    """Return a time with three digits."""
    if seconds < 10:
        return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"
    return f"{seconds:,.0f} s"


def ratio(report: dict[str, Any], workload: str, peer: str) -> tuple[float, float, float]:
    """Return least, median and greatest of peer's time / ours."""
    times = report["results"][workload]["times"]
    each = [p / o for p, o in zip(times[peer], times[OURS], strict=True)]
    return min(each), statistics.median(each), max(each)


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def markdown(report: dict[str, Any]) -> str:
    """Return the page."""
    results = report["results"]
    workloads = list(results)
    names = [n for n in CANDIDATES if any(n in r["times"] for r in results.values())]
    missing = {n: why for r in results.values() for n, why in r["missing"].items()}
    machine = report["machine"]
    versions = ", ".join(
        f"{k} {v}" for k, v in machine.items() if k not in ("cpu", "cores", "load")
    )

    def time_cell(name: str, workload: str) -> str:
        r = results[workload]
        if name not in r["times"]:
            return "–"
        star = "\\*" if name in r["sliced"] else ""
        middle = milliseconds(statistics.median(r["times"][name])) + star
        if name == OURS:
            return middle
        low, mid, high = ratio(report, workload, name)
        return f"{middle}<br>{mid:.3g} ({low:.3g}–{high:.3g})"

    def right_cell(name: str, workload: str) -> str:
        right = results[workload]["right"].get(name)
        if right is None:
            return "–"
        return f"{right['wrong']:,} of {right['checked']:,}; {right['error_m']:.1e} m"

    checked = table(
        ["", *workloads],
        [[name, *(right_cell(name, w) for w in workloads)] for name in names],
    )
    timed = table(
        ["", *workloads], [[name, *(time_cell(name, w) for w in workloads)] for name in names]
    )
    targets = table(
        ["workload", "peer", "wanted", "measured: min / median / max", "met"], report["targets"]
    )
    memory = table(
        ["", "above inputs and outputs", "outputs"],
        [
            [name, f"{peak - outputs:,.0f} MB", f"{outputs:,.0f} MB"]
            for name, (peak, outputs) in report["memory"].items()
        ],
    )
    whole = table(
        ["", "median", "min", "max"],
        [
            [n, f"{statistics.median(t):.3f} s", f"{min(t):.3f} s", f"{max(t):.3f} s"]
            for n, t in report["whole"].items()
        ],
    )
    left_out = "".join(f"- {name}: {why}\n" for name, why in missing.items()) or "- none\n"
    return f"""# Nearest hub: ours and the peers'

Made by `make bench` (`benchmarks/nearest_peers.py`); the figures are in `benchmarks.json`.
{machine["cpu"]}, {machine["cores"]} cores, load by others at the start {machine["load"]};
{versions}.

Each candidate runs in a process of its own, all alive, called in turn in rounds after warming up.
Timed from arrays of degrees to arrays of hub and km; trees, frames and unit vectors are part of
it (the unit vectors of the peers by numpy, on one core). Below each time: peer's time / ours,
median (least–greatest) over the rounds; above 1 we are ahead. \\* run on the first points only
and scaled. `zonegap` chooses its engine by size; `zonegap kdtree` is the fallback without numba.
geopandas is planar (azimuthal equidistant).

![Time a point of ours and the peers](benchmarks.png)

## Time

{timed}
## Right or wrong

Wrong: a hub that is more than 1e-8 m farther than the nearest (by all dot products, ties by
squared chords; its distance in extended precision). Metres: the largest error of the distance.

{checked}
## What was asked

Best exact peer: the quickest of scipy, pykdtree, pynanoflann and napf without a wrong hub.

{targets}
## Memory at 1e7x564

{memory}
## Whole process, 2543x206

A script that reads two CSV files, finds the nearest hubs and writes a third, with Python's start:
ours on arrays without pandas (`zonegap.nearest_on_sphere`), the peer's with pandas, which it needs.

{whole}
## Left out

{left_out}"""


def figure(report: dict[str, Any], path: Path) -> None:
    """Draw the time a point of every candidate, one panel a workload."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    results = report["results"]
    names = [n for n in CANDIDATES if any(n in r["times"] for r in results.values())]
    panels = len(results)
    columns = min(3, panels)
    rows = -(-panels // columns)
    drawn, axes = plt.subplots(
        rows, columns, figsize=(3.6 * columns, 2.9 * rows), sharey=True, squeeze=False
    )
    for place, (workload, result) in zip(axes.flat, results.items(), strict=False):
        points = size_of(workload)
        for row, name in enumerate(names):
            if name not in result["times"]:
                continue
            ns = [t / points * 1e9 for t in result["times"][name]]
            colour = INK if name.startswith(OURS) else GREY
            middle = statistics.median(ns)
            place.barh(row, middle, color=colour, height=0.7)
            place.plot([min(ns), max(ns)], [row, row], color="black", lw=1)
        place.set_xscale("log")
        place.set_title(workload, fontsize=9)
        place.set_yticks(range(len(names)), names, fontsize=8)
        place.tick_params(axis="x", labelsize=8)
        place.spines[["top", "right"]].set_visible(False)
    for place in axes.flat[panels:]:
        place.set_visible(False)
    axes.flat[0].invert_yaxis()
    drawn.supxlabel("ns a point, all cores; median, line from least to greatest", fontsize=9)
    drawn.tight_layout()
    drawn.savefig(path, dpi=150, metadata={"Software": None})
    plt.close(drawn)


def size_of(workload: str) -> float:
    """Return the number of points that a workload's name says."""
    return float(workload.split("x", maxsplit=1)[0])


def write_report(report: dict[str, Any], folder: Path) -> None:
    """Write page and picture."""
    (folder / "benchmarks.md").write_text(markdown(report), encoding="utf-8", newline="\n")
    figure(report, folder / "benchmarks.png")


if __name__ == "__main__":
    place = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    write_report(json.loads((place / "benchmarks.json").read_text(encoding="utf-8")), place)

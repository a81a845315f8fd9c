"""Our nearest hub beside the peers': time, correctness, memory, and the whole process.

Each candidate has a process of its own; all are alive and called in turn in rounds, after one
call to warm up, so that a slow minute of the machine is everybody's. Timed from arrays of degrees
to arrays of hub and km: unit vectors, trees and frames are part of it. A ratio is peer's time /
ours in the same round. Candidates that would take long run on the first points of the data, their
time is scaled but for its fixed part (marked *).

Needs: pip install numba pykdtree pynanoflann napf scikit-learn duckdb matplotlib
(what is not installed is named and left out)

Run: python benchmarks/nearest_peers.py [--quick] [--only 1e6x564] [--out docs]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nearest_candidates as candidates
import numpy as np
from candidate_process import Candidate
from machine import machine
from nearest_candidates import CANDIDATES, OURS, Workload
from nearest_correctness import correctness
from nearest_report import write_report
from nearest_targets import check_targets, ratios

WORKLOADS = [
    Workload("2543x206", 2_543, 206, rounds=25),
    Workload("1e5x564", 100_000, 564, rounds=15),
    Workload("1e6x564", 1_000_000, 564, rounds=7),
    Workload("1e7x564", 10_000_000, 564, rounds=3),
    Workload("1e6x1e5", 1_000_000, 100_000, rounds=5),
    Workload("1e6x564 both in towns", 1_000_000, 564, "towns", "towns", rounds=5),
    Workload("1e6x564 hubs in towns", 1_000_000, 564, "uniform", "towns", rounds=5),
    Workload("1e6x564 points in towns", 1_000_000, 564, "towns", "uniform", rounds=5),
    Workload("1e6x564 globe", 1_000_000, 564, "globe", "globe", rounds=5),
]
MEMORY_WORKLOAD = "1e7x564"
WHOLE_ROUNDS = 11


def run_workload(workload: Workload, quick: bool, slow_s: float, folder: str) -> dict[str, Any]:
    """Time all candidates on one workload, round by round."""
    alive, missing = [], {}
    for name in CANDIDATES:
        one = Candidate(name)
        if one.missing is None:
            alive.append(one)
        else:
            missing[name] = one.missing
            one.end()
    times: dict[str, list[float]] = {one.name: [] for one in alive}
    try:
        for one in list(alive):
            one.ask("load", workload)
            try:
                one.fit(workload, slow_s)
            except RuntimeError as error:
                missing[one.name] = str(error)
                one.end()
                alive.remove(one)
        for turn in range(3 if quick else workload.rounds):
            # who comes after a slow one finds colder caches: another order each round
            for one in random.Random(turn).sample(alive, len(alive)):
                times[one.name].append(one.seconds(workload.points))
        right = correctness(workload, alive, folder)
        sliced = {one.name: one.points for one in alive if one.points < workload.points}
    finally:
        for one in alive:
            one.end()
    times = {name: t for name, t in times.items() if t}
    return {"times": times, "right": right, "sliced": sliced, "missing": missing}


def memory_of(workload: Workload, slow: set[str]) -> dict[str, tuple[float, float]]:
    """Return the peak above the inputs, and the outputs, in MB, of each candidate."""
    result = {}
    for name in CANDIDATES:
        if name in slow:
            continue
        one = Candidate(name)
        if one.missing is None:
            one.ask("load", workload)
            one.ask("time", 200_000)
            result[name] = one.ask("memory")
        one.end()
    return result


def whole_process(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Time scripts that read two CSV files, find the nearest hubs and write a third."""
    workload = WORKLOADS[0]
    places = workload.places()
    for name, lon, lat in (
        ("points", places.lon, places.lat),
        ("hubs", places.hub_lon, places.hub_lat),
    ):
        rows = np.column_stack((lon, lat))
        np.savetxt(folder / f"{name}.csv", rows, "%.17g", ",", header="lon,lat", comments="")
    scripts = {OURS: candidates.OUR_SCRIPT, "geopandas": candidates.GEOPANDAS_SCRIPT}
    times: dict[str, list[float]] = {name: [] for name in scripts}
    for turn in range(rounds + 1):
        for name, script in scripts.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", script], cwd=folder, check=True, env=os.environ)
            if turn:
                times[name].append(time.perf_counter() - start)
    return times


def main() -> None:
    """Run the workloads and write figures.json, a table and a picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three rounds of each")
    parser.add_argument(
        "--slice-after", type=float, default=8.0, metavar="SECONDS",
        help="a call of a slow candidate that would take longer runs on the first points only",
    )  # fmt: skip
    parser.add_argument("--only", help="one workload's name; printed, not written")
    parser.add_argument("--out", type=Path, default=Path("docs"))
    options = parser.parse_args()
    if options.only is not None:
        options.out = Path(tempfile.mkdtemp())
    chosen = [w for w in WORKLOADS if options.only in (None, w.name)]
    report: dict[str, Any] = {"machine": machine(), "results": {}, "memory": {}, "whole": {}}
    with tempfile.TemporaryDirectory() as folder:
        for workload in chosen:
            result = run_workload(workload, options.quick, options.slice_after, folder)
            report["results"][workload.name] = result
            save(report, options.out)
            print(f"\n{workload.name}", flush=True)
            for name, times in sorted(
                result["times"].items(), key=lambda item: statistics.median(item[1])
            ):
                low, middle, high = ratios(result["times"], name)
                right = result["right"][name]
                star = "*" if name in result["sliced"] else " "
                print(
                    f"  {name:18}{statistics.median(times) * 1e3:12.2f} ms{star}"
                    f"  ratio {low:8.3g} {middle:8.3g} {high:8.3g}"
                    f"  wrong {right['wrong']:,} of {right['checked']:,}"
                    f"  error {right['error_m']:.2g} m",
                    flush=True,
                )
            for name, why in result["missing"].items():
                print(f"  {name:18} left out: {why}", flush=True)
        if options.only is None:
            big = next(w for w in WORKLOADS if w.name == MEMORY_WORKLOAD)
            slow = set(report["results"][big.name]["sliced"])
            report["memory"] = memory_of(big, slow)
            for name, (peak, outputs) in report["memory"].items():
                print(f"memory at {big.name}: {name:18} {peak - outputs:8.0f} MB above in and out")
        report["whole"] = whole_process(Path(folder), 3 if options.quick else WHOLE_ROUNDS)
    for name, times in report["whole"].items():
        print(f"whole process: {name:18} {statistics.median(times):.3f} s")
    report["targets"] = check_targets(report["results"], report["whole"])
    print()
    for row in report["targets"]:
        print("  ".join(row))
    save(report, options.out)
    write_report(report, options.out)


def save(report: dict[str, Any], folder: Path) -> None:
    """Write the figures so far."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, indent=1) + "\n"
    (folder / "benchmarks.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

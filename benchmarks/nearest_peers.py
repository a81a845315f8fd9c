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
import multiprocessing
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import nearest_candidates as candidates
import numpy as np
from nearest_candidates import CANDIDATES, EXACT_PEERS, Places, Workload
from nearest_report import write_report

from zones.distance.sphere import cores
from zones.parameters import EARTH_RADIUS_KM

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
# the targets: (workload, peers, peer's time / ours)
TARGETS = [
    ("1e6x564", EXACT_PEERS, 3.5),
    ("1e7x564", EXACT_PEERS, 6.0),
    ("1e5x564", EXACT_PEERS, 2.0),
    ("1e6x1e5", EXACT_PEERS, 1.2),
    ("1e6x564 both in towns", EXACT_PEERS, 2.0),
    ("1e6x564 hubs in towns", EXACT_PEERS, 2.0),
    ("1e6x564 points in towns", EXACT_PEERS, 2.0),
    ("1e6x564", ["sklearn BallTree", "sklearn neighbors"], 60.0),
    ("1e6x564", ["geopandas"], 90.0),
]
OURS = "zonegap"
WRONG_KM = 1e-11  # a hub farther than the nearest by more than 1e-8 m is wrong
FEW_PAIRS = 1_000_000  # of the first calls, by which a candidate's speed is judged
BRUTE_PAIRS = 6e9  # most pairs of the brute force: all of 1e7 x 564, 60,000 points of 1e6 x 1e5
CHUNK = 1 << 16


def serve(name: str, pipe: Connection) -> None:
    """Answer requests of the parent in a process of one candidate's own."""
    try:
        call = CANDIDATES[name]()
    except Exception:
        pipe.send(traceback.format_exc(limit=-1).strip().splitlines()[-1])
        return
    pipe.send(None)
    places: Places | None = None
    while (request := pipe.recv()) is not None:
        kind, argument = request
        try:
            if kind == "load":
                places = argument.places()
                pipe.send(None)
            elif kind == "time":
                part = places.first(argument)
                start = time.perf_counter()
                call(part)
                pipe.send(time.perf_counter() - start)
            elif kind == "answer":
                hub, distance_km = call(places.first(argument[0]))
                np.save(argument[1] + ".hub.npy", np.asarray(hub, np.int32))
                np.save(argument[1] + ".km.npy", np.asarray(distance_km, np.float64))
                pipe.send(None)
            else:
                pipe.send(peak_over_inputs(call, places))
        except Exception:
            pipe.send(traceback.format_exc(limit=-1).strip().splitlines()[-1])


def peak_over_inputs(call: Any, places: Places) -> tuple[float, float]:
    """Return MB of the peak above the loaded inputs, and MB of the outputs (Linux)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = status_mb("VmRSS")
    result = call(places)
    outputs = sum(np.asarray(a).nbytes for a in result) / 1e6
    return status_mb("VmHWM") - before, outputs


def status_mb(key: str) -> float:
    """Return a figure of this process's memory in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(key):
            return float(line.split()[1]) * 1024 / 1e6
    return float("nan")


class Candidate:
    """A candidate in its process."""

    def __init__(self, name: str) -> None:
        context = multiprocessing.get_context("spawn")
        self.name = name
        self.pipe, there = context.Pipe()
        self.process = context.Process(target=serve, args=(name, there))
        self.process.start()
        self.missing = self.pipe.recv()
        self.points = 0
        self.fixed_s = 0.0

    def ask(self, kind: str, argument: Any = None) -> Any:
        """Send a request and return the answer; raise what went wrong there."""
        self.pipe.send((kind, argument))
        answer = self.pipe.recv()
        if isinstance(answer, str):
            text = f"{self.name}: {answer}"
            raise RuntimeError(text)
        return answer

    def end(self) -> None:
        """End the process."""
        if self.missing is None:
            self.pipe.send(None)
        self.process.join()

    def fit(self, workload: Workload, slow_s: float) -> None:
        """Warm up, and choose how many points take at most `slow_s`."""
        points = self.points = workload.points
        few = min(points, max(20, FEW_PAIRS // workload.hubs))
        self.ask("time", few)
        if self.name.startswith(OURS) or self.name in EXACT_PEERS or few == points:
            self.ask("time", points)
            return
        first = self.ask("time", few)
        grown, size = first, few
        while size < points and grown - first < min(2.0 * first, slow_s / 2.0):
            size = min(points, 10 * size)
            grown = self.ask("time", size)
        each = max(grown - first, 1e-9) / max(size - few, 1)
        self.fixed_s = max(first - each * few, 0.0)
        fits = int((slow_s - self.fixed_s) / each)
        self.points = min(points, max(size, fits))

    def seconds(self, points: int) -> float:
        """Return the time of all points: that of the slice, its growing part scaled."""
        measured = self.ask("time", self.points)
        fixed = min(self.fixed_s, measured)
        return float(fixed + (measured - fixed) * points / self.points)


def true_km(places: Places, hub: np.ndarray) -> np.ndarray:
    """Return the distance of each point to its given hub in extended precision."""
    degree = np.longdouble("3.14159265358979323846264338327950288") / 180
    out = np.empty(len(hub), np.longdouble)
    hub_lam, hub_phi = (a.astype(np.longdouble) * degree for a in (places.hub_lon, places.hub_lat))
    hub_sin, hub_cos = np.sin(hub_phi), np.cos(hub_phi)
    for low in range(0, len(hub), CHUNK):
        part = slice(low, low + CHUNK)
        chosen = hub[part]
        lam, phi = (a[part].astype(np.longdouble) * degree for a in (places.lon, places.lat))
        turn = hub_lam[chosen] - lam
        sin_phi, cos_phi, cos_turn = np.sin(phi), np.cos(phi), np.cos(turn)
        across = hub_cos[chosen] * np.sin(turn)
        along = cos_phi * hub_sin[chosen] - sin_phi * hub_cos[chosen] * cos_turn
        ahead = sin_phi * hub_sin[chosen] + cos_phi * hub_cos[chosen] * cos_turn
        out[part] = EARTH_RADIUS_KM * np.arctan2(np.hypot(across, along), ahead)
    return out


def brute_hub(places: Places, count: int) -> np.ndarray:
    """Return the nearest hub of the first points by all dot products, refined where they tie."""
    points, hubs = (
        candidates.vectors(lon, lat)
        for lon, lat in ((places.lon, places.lat), (places.hub_lon, places.hub_lat))
    )
    out = np.empty(count, np.int64)
    step = max(1, (1 << 23) // len(hubs))
    for low in range(0, count, step):
        dots = points[low : min(low + step, count)] @ hubs.T
        out[low : low + len(dots)] = dots.argmax(axis=1)
        # a dot product cannot tell hubs apart that are this close in cosine
        near = np.count_nonzero(dots >= dots.max(axis=1, keepdims=True) - 1e-13, axis=1) > 1
        for i in np.flatnonzero(near):
            some = np.flatnonzero(dots[i] >= dots[i].max() - 1e-13)
            squared = ((points[low + i] - hubs[some]) ** 2).sum(axis=1)
            out[low + i] = some[squared.argmin()]
    return out


def correctness(workload: Workload, alive: list[Candidate], folder: str) -> dict[str, Any]:
    """Return wrong hubs and the largest error in metres of each candidate."""
    places = workload.places()
    checked = min(
        workload.points, int(2e10 // workload.hubs) // 10 if workload.hubs > 1e4 else 10**9
    )
    hubs, distances = {}, {}
    for one in alive:
        stem = f"{folder}/{len(hubs)}"
        one.ask("answer", (one.points, stem))
        hubs[one.name] = np.load(stem + ".hub.npy")
        distances[one.name] = np.load(stem + ".km.npy")
    best = brute_hub(places, checked)
    best_km = true_km(places.first(checked), best)
    result = {}
    for name, hub in hubs.items():
        n = min(len(hub), checked)
        chosen_km = best_km[:n].copy()
        other = np.flatnonzero(hub[:n] != best[:n])  # a tie, or wrong
        part = Places(places.lon[other], places.lat[other], places.hub_lon, places.hub_lat)
        chosen_km[other] = true_km(part, hub[other])
        result[name] = {
            "checked": n,
            "wrong": int((chosen_km - best_km[:n] > WRONG_KM).sum()),
            "error_m": float(np.abs(distances[name][:n] - best_km[:n]).max() * 1000),
        }
    return result


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


def ratios(times: dict[str, list[float]], peer: str) -> tuple[float, float, float]:
    """Return least, median and greatest of peer's time / ours over the rounds."""
    each = [p / o for p, o in zip(times[peer], times[OURS], strict=True)]
    return min(each), statistics.median(each), max(each)


def best_exact(result: dict[str, Any]) -> str:
    """Return the quickest peer without a wrong hub."""
    exact = [
        name
        for name in EXACT_PEERS
        if name in result["times"] and result["right"][name]["wrong"] == 0
    ]
    return min(exact, key=lambda name: statistics.median(result["times"][name]))


def check_targets(results: dict[str, Any], whole: dict[str, list[float]]) -> list[list[str]]:
    """Return a row for each target: workload, peer, wanted, measured, met."""
    rows = []
    for workload, peers, wanted in TARGETS:
        if workload not in results:
            continue
        times = results[workload]["times"]
        have = [p for p in peers if p in times]
        if peers is EXACT_PEERS:
            peer = best_exact(results[workload])
        else:
            peer = min(have, key=lambda name: statistics.median(times[name]))
        low, middle, high = ratios(times, peer)
        met = "yes" if middle >= wanted else "NO"
        rows.append([workload, peer, f"{wanted:g}", f"{low:.3g} / {middle:.3g} / {high:.3g}", met])
    if whole:
        low, middle, high = ratios(whole, "geopandas")
        met = "yes" if middle >= 3.5 else "NO"
        rows.append(
            [
                "2543x206, whole process",
                "geopandas",
                "3.5",
                f"{low:.3g} / {middle:.3g} / {high:.3g}",
                met,
            ]
        )
    return rows


def machine() -> dict[str, str]:
    """Return what the figures hang on."""
    names = "numpy scipy numba pykdtree pynanoflann napf scikit-learn geopandas duckdb".split()
    versions = {}
    for name in names:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [x for x in info.read_text(encoding="utf-8").splitlines() if "model name" in x]
        cpu = models[0].split(":")[1].strip() if models else cpu
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "cpu": cpu,
        "cores": str(cores()),
        "load": load,
        "python": platform.python_version(),
        **versions,
    }


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

"""One candidate of the nearest hub in a process of its own, asked over a pipe."""

from __future__ import annotations

import multiprocessing
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from nearest_candidates import CANDIDATES, EXACT_PEERS, OURS, Places, Workload

FEW_PAIRS = 1_000_000  # of the first calls, by which a candidate's speed is judged


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

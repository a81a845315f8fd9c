"""100 million points through dask on this machine, and what one core does with a point.

Makes Parquet parts of random points, measures them with 1 worker, with 2, and with 2 of which one
is killed half way; compares the results byte for byte; times reading, measuring and writing one
part on one core, and storage, sockets and scheduler by themselves. The figures go into
docs/scale.json, and docs/scale.md is written from them (`scale_report.py`).

Run: python benchmarks/many_points.py FOLDER [--parts 100] [--rows 1000000] [--out docs]
FOLDER needs about 90 bytes a point.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import pickle
import signal
import socket
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from distributed import Client, LocalCluster
from machine import machine
from nearest_candidates import scattered
from scale_report import write_page

from zones.distance.sphere import nearest_on_sphere
from zones.points.cluster import measure_on_cluster
from zones.points.parts import open_parts, parts_of
from zones.points.tables import Counts, Task, measure_table

HUBS = 564
ROUNDS = 5
STORAGE_BLOCKS = 128  # of 16 MB


def make_parts(folder: Path, parts: int, rows: int) -> None:
    """Write parts of random points over China, as another program would."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(parts):
        path = folder / f"part-{number:05d}.parquet"
        if path.exists():
            continue
        lon, lat = scattered(rows, "uniform", 100 + number)
        pq.write_table(pa.table({"lon": lon, "lat": lat}), path, use_dictionary=False)


def peak_mb() -> float:
    """Return the peak memory of this process in MB (Linux)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return float(line.split()[1]) * 1024 / 1e6
    return float("nan")


def through_cluster(
    parts: list[Path], out: Path, task: Task, workers: int, kill_after: int | None = None
) -> dict[str, Any]:
    """Measure all parts on a new cluster; time from its being ready to the last part."""
    done = 0
    seen: dict[str, int] = {}
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        pids = list(client.run(os.getpid).values())

        def note(part: Path, counts: Counts) -> None:
            nonlocal done
            done += 1
            seen[part.name] = (out / part.name).stat().st_ino
            if done == kill_after:
                os.kill(pids[0], signal.SIGKILL)

        todo = open_parts(parts, out, task)
        start = time.perf_counter()
        measure_on_cluster(todo, out, task, note, scheduler=cluster.scheduler_address)
        seconds = time.perf_counter() - start
        peaks = client.run(peak_mb)
    again = [name for name, inode in seen.items() if (out / name).stat().st_ino != inode]
    return {
        "workers": workers,
        "seconds": round(seconds, 2),
        "points_per_s": round(len(parts) * pq.read_metadata(parts[0]).num_rows / seconds),
        "worker_peak_mb": round(max(peaks.values())),
        "parts_done_again": len(again),
    }


def digest(folder: Path) -> str:
    """Return a SHA-256 of all results in the order of their names."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("*.parquet")):
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def seconds_of(call: Callable[[], Any]) -> float:
    """Return the median time of a few calls after one to warm up."""
    times = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def one_core(part: Path, out: Path, task: Task) -> dict[str, float]:
    """Return ns a point of each step on one core, and bytes a point."""
    pa.set_cpu_count(1)
    table = pq.read_table(part)
    lon, lat = (table[c].to_numpy() for c in ("lon", "lat"))
    hub_lon, hub_lat = (task.hubs[c].to_numpy() for c in ("lon", "lat"))
    result = out / "one-core.parquet"
    steps = {
        "read": lambda: pq.read_table(part, use_threads=False),
        "measure": lambda: nearest_on_sphere(lon, lat, hub_lon, hub_lat, engine="grid", threads=1),
        "read, measure, write": lambda: measure_table(part, result, task),
        "read, measure, write the result's columns": lambda: measure_table(
            part, result, bare(task)
        ),
    }
    figures = {f"{name}, ns a point": seconds_of(f) / len(lon) * 1e9 for name, f in steps.items()}
    figures["bytes a point, in"] = part.stat().st_size / len(lon)
    figures["bytes a point, out, result's columns"] = result.stat().st_size / len(lon)
    measure_table(part, result, task)
    figures["bytes a point, out"] = result.stat().st_size / len(lon)
    result.unlink()
    return {name: round(value, 2) for name, value in figures.items()}


def storage(folder: Path) -> dict[str, float]:
    """Return MB a second of writing to the disk and of reading what no cache holds (Linux)."""
    path, block = folder / "storage.bin", np.random.default_rng(0).bytes(1 << 24)
    start = time.perf_counter()
    with path.open("wb") as file:
        for _ in range(STORAGE_BLOCKS):
            file.write(block)
        os.fsync(file.fileno())
    written = time.perf_counter() - start
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        start = time.perf_counter()
        while file.read(1 << 24):
            pass
        read = time.perf_counter() - start
    path.unlink()
    size_mb = STORAGE_BLOCKS * len(block) / 1e6
    return {"write, MB/s": round(size_mb / written), "read, MB/s": round(size_mb / read)}


def loopback() -> float:
    """Return MB a second through a TCP socket of this machine: the most a network could be."""
    block, blocks = bytes(1 << 20), 1024
    with socket.create_server(("127.0.0.1", 0)) as server:

        def send() -> None:
            with socket.create_connection(server.getsockname()) as out:
                for _ in range(blocks):
                    out.sendall(block)

        sender = multiprocessing.get_context("fork").Process(target=send)
        start = time.perf_counter()
        sender.start()
        with server.accept()[0] as into:
            while into.recv(1 << 20):
                pass
        seconds = time.perf_counter() - start
        sender.join()
    return round(blocks * len(block) / 1e6 / seconds)


def tasks_a_second(tasks: int = 3000) -> float:
    """Return how many empty tasks a scheduler hands out and takes back in a second."""
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        client.gather(client.map(abs, range(10), pure=False))
        start = time.perf_counter()
        client.gather(client.map(abs, range(tasks), pure=False))
        return round(tasks / (time.perf_counter() - start))


def bare(task: Task) -> Task:
    """Return the same task that writes none of the points' columns."""
    return Task(task.hubs, task.method, task.datum, (), (), task.engine, task.threads)


def emptied(folder: Path) -> Path:
    """Return a folder without results, all that was written before on the disk."""
    for old in folder.glob("*.parquet"):
        old.unlink()
    os.sync()
    return folder


def main() -> None:
    """Run all and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parts", type=int, default=100)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, default=Path("docs"))
    options = parser.parse_args()
    source = options.folder / "points"
    make_parts(source, options.parts, options.rows)
    parts = parts_of(source)
    hub_lon, hub_lat = scattered(HUBS, "uniform", 2)
    hubs = pd.DataFrame({"lon": hub_lon, "lat": hub_lat}, index=[f"h{i}" for i in range(HUBS)])
    task = Task(hubs, datum="WGS-84", threads=1)
    report: dict[str, Any] = {
        "machine": machine(),
        "points": options.parts * options.rows,
        "hubs": HUBS,
        "one_core": one_core(parts[0], options.folder, task),
        "storage": storage(options.folder),
        "loopback, MB/s": loopback(),
        "scheduler, tasks/s": tasks_a_second(),
        "task, kB": round(len(pickle.dumps(task)) / 1e3, 1),
        "runs": [],
    }
    print(json.dumps({k: v for k, v in report.items() if k != "machine"}, indent=1), flush=True)
    digests = []
    runs = ((1, None), (2, None), (2, options.parts // 2))
    for number, (workers, kill_after) in enumerate(runs):
        out = emptied(options.folder / f"result-{number}")
        run = through_cluster(parts, out, task, workers, kill_after)
        run["killed"] = int(kill_after is not None)
        digests.append(digest(out))
        report["runs"].append(run)
        print(run, flush=True)
    report["equal"] = len(set(digests)) == 1
    report["bare"] = [
        through_cluster(parts, emptied(options.folder / "bare"), bare(task), workers)
        for workers in (1, 2)
    ]
    print(*report["bare"], sep="\n", flush=True)
    report["parts"] = len(parts)
    text = json.dumps(report, indent=1) + "\n"
    (options.out / "scale.json").write_text(text, encoding="utf-8", newline="\n")
    write_page(report, options.out / "scale.md")
    print("all results equal:", report["equal"])


if __name__ == "__main__":
    main()

"""Writes docs/scale.md, how a billion points would run, from the figures of `many_points.py`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

BILLION = 1_000_000_000
CLUSTER_CORES = 64
LINK_GB_S = 1.25  # 10 Gbit/s


def page(report: dict[str, Any]) -> str:
    """Return the page."""
    core, disk = report["one_core"], report["storage"]
    one, two, _ = report["runs"]
    bare_one, bare_two = report["bare"]
    bare_rows = "".join(
        f"| {run['workers']}, the result's columns alone | {run['seconds']:.1f} s "
        f"| {run['points_per_s'] / 1e6:.1f} million | {run['worker_peak_mb']} MB "
        f"| {run['parts_done_again']} |\n"
        for run in report["bare"]
    )
    ns_all = core["read, measure, write, ns a point"]
    bytes_in, bytes_out = core["bytes a point, in"], core["bytes a point, out"]
    out_mb_s = two["points_per_s"] * bytes_out / 1e6
    bytes_few = core["bytes a point, out, result's columns"]
    rows = report["points"] // report["parts"]
    part_ms = ns_all * rows / 1e6
    core_mb_s = (bytes_in + bytes_out) / ns_all * 1e3
    here_s = BILLION / two["points_per_s"]
    work_s = BILLION * ns_all / 1e9
    link_s = BILLION * (bytes_in + bytes_out) / 1e9 / LINK_GB_S
    tasks = report["scheduler, tasks/s"]
    busy_workers = tasks * part_ms / 1e3
    runs = "".join(
        f"| {run['workers']}{', one killed half way' if run['killed'] else ''} "
        f"| {run['seconds']:.1f} s | {run['points_per_s'] / 1e6:.1f} million "
        f"| {run['worker_peak_mb']} MB | {run['parts_done_again']} |\n"
        for run in report["runs"]
    )
    equal = "equal byte for byte" if report["equal"] else "NOT EQUAL"
    machine = report["machine"]
    return f"""# A billion points

    python -m pip install ".[scale]"
    zonegap distance points/ --datum WGS-84 --engine dask --out measured/
    zonegap distance points/ --datum WGS-84 --engine dask --scheduler tcp://10.0.0.5:8786 \\
        --hubs-file hubs.csv --columns id --out measured/

`points/` holds Parquet parts with `lon`, `lat` (and `datum`); tables of other kinds and headings are
[read whole](howto/points.md). Each part is one task: read in
batches, measured, written beside its place and moved there when it is whole. A part whose result
is there, and says that it is the answer to the same hubs, method, datum, columns and the same
input (size and footer, and not written since), is not done again. So the same command goes on
where it stopped, and a worker that dies costs the part it had. Without `--scheduler` the workers
are processes of this machine; with it all workers must see both folders under the same paths (a
shared file system).
Several commands may fill one folder at the same time, such as the jobs of an array: each clears only
what processes that no longer live have left. A worker of this machine that dies is started again, however
long a busy machine takes for it. When no worker is left for a minute, or the scheduler is gone,
the command ends with one sentence and exit code 1; parts that are done stay.

## Measured

`benchmarks/many_points.py`, {machine["cpu"]}, {machine["cores"]} cores, load by others
at the start {machine["load"]}: {report["points"]:,} points in {report["parts"]} parts, {report["hubs"]} hubs, through dask.distributed over TCP.

| workers | time | points a second | peak memory of a worker | finished parts done again |
|---|---|---|---|---|
{runs}{bare_rows}
The results of the first three runs are {equal}. From 1 to 2 workers: {one["seconds"] / two["seconds"]:.2f} times as fast
with the points' columns, {bare_one["seconds"] / bare_two["seconds"]:.2f} times with the result's alone. Two workers write {out_mb_s:.0f} MB/s with all columns; the
disk below takes {disk["write, MB/s"]:,}. What one worker
writes reaches the disk by way of the other core, which two workers keep busy.

| on one core | ns a point |
|---|---|
| read Parquet (two 64-bit columns) | {core["read, ns a point"]:.0f} |
| measure | {core["measure, ns a point"]:.0f} |
| read, measure, write the result's columns alone | {core["read, measure, write the result's columns, ns a point"]:.0f} |
| read, measure, write with the points' columns | {ns_all:.0f} |

| | |
|---|---|
| bytes a point: in; out; out without the points' columns | {bytes_in:.1f}; {bytes_out:.1f}; {bytes_few:.1f} |
| this machine's disk: write (to the platter), read (not cached) | {disk["write, MB/s"]:,}, {disk["read, MB/s"]:,} MB/s |
| a TCP socket of this machine | {report["loopback, MB/s"]:,} MB/s |
| dask's scheduler | {tasks:,} empty tasks a second |
| hubs and question, sent to each worker once | {report["task, kB"]:g} kB |

## A billion, from these figures

Time is the largest of three: work / cores, bytes / storage, bytes / network.

| | on this machine | {CLUSTER_CORES} cores, shared storage over 10 Gbit/s |
|---|---|---|
| work: {work_s:.0f} core seconds | {work_s / int(machine["cores"]):.0f} s | {work_s / CLUSTER_CORES:.1f} s |
| bytes: {BILLION * bytes_in / 1e9:.0f} GB in, {BILLION * bytes_out / 1e9:.0f} GB out | {BILLION * bytes_in / 1e6 / disk["read, MB/s"] + BILLION * bytes_out / 1e6 / disk["write, MB/s"]:.0f} s of disk | {link_s:.0f} s |
| the run above, ten times | {here_s:.0f} s | – |

## What breaks first

1. **Storage.** A core takes in and gives out {core_mb_s:.0f} MB/s, so {LINK_GB_S * 1e3 / core_mb_s:.1f} cores fill a
   10 Gbit/s link; more cores then wait. `--columns id` or `--columns ""` writes {bytes_few:.0f} bytes a
   point instead of {bytes_out:.0f}. Parts on the workers' own disks avoid the link altogether.
2. **The scheduler**, where parts are small: a part of {rows:,} points is {part_ms:.0f} ms of work, so one
   scheduler keeps at most about {busy_workers:.0f} workers busy. Larger parts cost no memory: a worker
   holds one batch of 524,288 points at a time, whatever the size of the part.
3. **Many hubs.** Each batch builds its grid anew: a few ms for hundreds of hubs, but about as long
   as all the rest for 100,000.
4. **Not measured here**: more than two workers, a real network, object storage (paths must be
   files), storage that is shared with others.
"""


def write_page(report: dict[str, Any], path: Path) -> None:
    """Write the page."""
    path.write_text(page(report), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    place = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    write_page(json.loads((place / "scale.json").read_text(encoding="utf-8")), place / "scale.md")

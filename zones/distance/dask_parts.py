"""Parts measured by the workers of a dask cluster: hubs sent to each once, one task a part."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.errors import UsageError, how_to_install
from geodata.messages import language_in_use, use_language
from zones.distance.point_parts import measure_once, sweep
from zones.distance.point_tables import Counts, Task

if TYPE_CHECKING:
    from distributed import Client

# a part is given up after it took this many workers with it
WORKERS_A_PART = 3


def measure_on_cluster(  # noqa: PLR0913
    parts: list[Path],
    out: Path,
    task: Task,
    progress: Callable[[Path, Counts], Any],
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    patience_s: float = 15.0,
) -> None:
    """Measure parts on the workers of a cluster; a worker that dies costs the part it had.

    Parameters
    ----------
    parts, out, task
        As for `zones.distance.point_parts.measure_once`. The workers see both folders under these
        paths.
    progress
        Called with each part as it is done, and its counts.
    scheduler
        Address of a running scheduler, e.g. ``tcp://10.0.0.5:8786``; worker processes on this
        machine when None.
    workers
        Number of those processes; one a core when None.
    patience_s
        How long a scheduler may take to answer.

    Raises
    ------
    UsageError
        When dask.distributed is not installed, or no scheduler answers at that address.
    BadInputError
        When a part holds cells that are not accepted. Parts that are done stay.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        text = f"engine 'dask' needs dask.distributed: {how_to_install('scale')}"
        raise UsageError(text) from None
    if not parts:
        return
    if scheduler is None:
        # one thread each, so that every core is one worker's
        with (
            LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
            ) as cluster,
            Client(cluster) as client,
        ):
            _map(client, parts, out, task, progress)
        return
    try:
        client = Client(scheduler, timeout=patience_s)
    except (OSError, ValueError) as error:
        text = f"--scheduler: no scheduler answers at {scheduler!r} ({error})"
        raise UsageError(text) from None
    with client:
        _map(client, parts, out, task, progress)


def _map(
    client: Client,
    parts: list[Path],
    out: Path,
    task: Task,
    progress: Callable[[Path, Counts], Any],
) -> None:
    from distributed import as_completed

    # a worker takes as many parts at once as it has threads: one thread a part fills its cores
    shared = client.scatter(replace(task, threads=1), broadcast=True, hash=False)
    # paths as every process of this folder sees them
    place = {
        client.submit(
            _in_language, language_in_use(), measure_once, part.absolute(), out.absolute(), shared,
            retries=WORKERS_A_PART,
            key=f"zonegap-{os.getpid()}-{part.name}", pure=False,
        ): part
        for part in parts
    }  # fmt: skip
    try:
        for future, counts in as_completed(list(place), with_results=True):
            # let go of it, or the scheduler would do it again when its worker dies
            progress(place.pop(future), counts)
    finally:
        client.cancel(list(place))
        sweep(out)


def _in_language(language: str, function: Callable[..., Counts], *arguments: Any) -> Counts:
    """Call a function on a worker, which says what is wrong in the language of its client."""
    use_language(language)
    return function(*arguments)

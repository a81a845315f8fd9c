"""Parts measured by the workers of a dask cluster: hubs sent to each once, one task a part."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.errors import UsageError, ZonegapError, how_to_install
from geodata.words import Message, language_in_use, library_words, use_language
from zones.points.parts import measure_once, remove_unfinished
from zones.points.tables import Counts, Task

if TYPE_CHECKING:
    from distributed import Client

# So often is a part tried again when storage fails for a moment. Where a part kills its worker,
# the scheduler has its own limit (distributed.scheduler.allowed-failures).
RETRIES = 2
# without an address the scheduler would take port 8787, and warn where another has it
NO_DASHBOARD: dict[str, Any] = {
    "dashboard_address": None,
    "scheduler_kwargs": {"dashboard_address": "127.0.0.1:0"},
}


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
        As for `zones.points.parts.measure_once`. The workers see both folders under these
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
        When dask.distributed is not installed, no scheduler answers at that address, or it has no
        worker.
    BadInputError
        When a part holds cells that are not accepted. Parts that are done stay.
    ZonegapError
        When a part kills every worker that takes it, or the cluster goes away.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise UsageError(
            Message(
                "engine 'dask' needs dask.distributed: {command}",
                command=how_to_install("scale"),
            )
        ) from None
    if not parts:
        return
    if scheduler is None:
        # one thread each, so that every core is one worker's
        with (
            LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, **NO_DASHBOARD
            ) as cluster,
            Client(cluster) as client,
        ):
            _measure_all(client, parts, out, task, progress)
        return
    try:
        client = Client(scheduler, timeout=patience_s)
    except (OSError, ValueError) as error:
        # what is no address at all is a ValueError
        wanted = Message("accepted: an address such as tcp://10.0.0.5:8786")
        raise UsageError(
            Message(
                "--scheduler: no scheduler answers at {scheduler!r}{why}",
                scheduler=scheduler,
                why=library_words(error, wanted),
            )
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=patience_s)
        except TimeoutError:
            raise UsageError(
                Message("--scheduler: {scheduler} has no worker", scheduler=scheduler)
            ) from None
        _measure_all(client, parts, out, task, progress)


def _measure_all(
    client: Client,
    parts: list[Path],
    out: Path,
    task: Task,
    progress: Callable[[Path, Counts], Any],
) -> None:
    """Measure each part once on the workers of a client; tell `progress` of each that is done."""
    from distributed import KilledWorker, as_completed, wait

    # a name that no other run on this scheduler has, on whatever machine it was started
    run = f"zonegap-{uuid.uuid4().hex}"
    # a task like the others, not scattered: it is made again when all workers that held it die. A
    # worker takes as many parts at once as it has threads: one thread a part fills its cores
    shared = client.submit(_hold_task, replace(task, threads=1), key=f"{run}-question", pure=False)
    # a copy on every worker, since the scheduler sends a part to a worker that has the task
    wait(shared)
    client.replicate(shared)
    # one task a part; absolute paths, since a worker may run in another folder
    place = {
        client.submit(
            _in_language, language_in_use(), measure_once, part.absolute(), out.absolute(), shared,
            retries=RETRIES, key=(run, part.name), pure=False,
        ): part
        for part in parts
    }  # fmt: skip
    try:
        for future, counts in as_completed(list(place), with_results=True):
            if isinstance(counts, BaseException):  # cancelled: the scheduler forgot it
                raise ZonegapError(
                    Message("dask: the cluster was restarted or closed; parts that are done stay")
                )
            # forget the finished task: the scheduler would do it again if its worker died
            progress(place.pop(future), counts)
    except KilledWorker as error:
        name = error.task[-1] if isinstance(error.task, tuple) else error.task
        raise ZonegapError(
            Message(
                "dask: each worker that took this part died, perhaps out of memory: {part}",
                part=name,
            )
        ) from None
    finally:
        # on the way out, also by an error: no task goes on, no half-written file stays
        client.cancel(list(place))
        remove_unfinished(out)


def _in_language(language: str, function: Callable[..., Counts], *arguments: Any) -> Counts:
    """Call a function on a worker, so that its messages are in the language of the client."""
    use_language(language)
    return function(*arguments)


def _hold_task(task: Task) -> Task:
    """Return the task: what a worker does to hold a copy of it."""
    return task

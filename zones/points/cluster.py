"""Parts measured by the workers of a dask cluster: hubs sent to each once, one task a part."""

from __future__ import annotations

import logging
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.errors import UsageError, ZonegapError, how_to_install
from geodata.words import Message, language_in_use, library_words, use_language
from zones.points.parts import measure_once
from zones.points.tables import Counts, Task
from zones.writing import remove_unfinished

if TYPE_CHECKING:
    from distributed import Client

# So often is a part tried again when storage fails for a moment. Where a part kills its worker,
# the scheduler has its own limit (distributed.scheduler.allowed-failures).
RETRIES = 2
# Nothing comes of waiting for a worker longer: one that died is started again within seconds, one
# of a busy machine within half a minute.
WITHOUT_WORKER_S = 60.0
POLL_S, ASK_S = 0.02, 1.0
GONE = Message("dask: the cluster was restarted or closed; parts that are done stay")
# A worker that died is started again by its nanny. But a LocalCluster ends the nanny of a worker
# that is not there 15 s later, as on a busy machine: then nobody would start one any more.
KEEP_NANNIES = {"distributed.deploy.lost-worker-timeout": "1 day"}
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
    without_worker_s: float = WITHOUT_WORKER_S,
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
    without_worker_s
        How long the cluster may have no worker while parts are open.

    Raises
    ------
    UsageError
        When dask.distributed is not installed, no scheduler answers at that address, or it has no
        worker.
    BadInputError
        When a part holds cells that are not accepted. Parts that are done stay.
    ZonegapError
        When a part kills every worker that takes it, no worker is left, or the cluster goes away.
        Parts that are done stay.
    """
    try:
        import dask
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
    with _quiet():
        if scheduler is None:
            # one thread each, so that every core is one worker's
            _start_tracker()
            with dask.config.set(KEEP_NANNIES):
                cluster = _made(
                    lambda: LocalCluster(
                        n_workers=workers, threads_per_worker=1, processes=True,
                        silence_logs=logging.CRITICAL, **NO_DASHBOARD,
                    )
                )  # fmt: skip
                try:
                    with _closing(cluster), _closing(Client(cluster)) as client:
                        _measure_all(client, parts, out, task, progress, without_worker_s)
                finally:  # our workers have ended with what they were at
                    remove_unfinished(out)
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
        with _closing(client):
            try:
                client.wait_for_workers(1, timeout=patience_s)
            except TimeoutError:
                raise UsageError(
                    Message("--scheduler: {scheduler} has no worker", scheduler=scheduler)
                ) from None
            _measure_all(client, parts, out, task, progress, without_worker_s)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the cluster's own account of what went wrong off the terminal; ours is one sentence."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _start_tracker() -> None:
    """Start the process that clears up after worker processes, deaf to the end of a session.

    It ignores Ctrl+C and TERM itself; ended by HUP with all others it would be missed in pages.
    """
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is None or threading.current_thread() is not threading.main_thread():
        return
    from multiprocessing import resource_tracker

    before = signal.signal(hang_up, signal.SIG_IGN)
    try:
        resource_tracker.ensure_running()
    finally:
        signal.signal(hang_up, before)


def _made(make: Callable[[], Any]) -> Any:
    """Return a cluster; one that is half made when the user stops is made, and closed again.

    It could not be closed before, and its library would say so in pages.
    """
    with ThreadPoolExecutor(1) as beside:
        made = beside.submit(make)
        try:
            return made.result()
        except KeyboardInterrupt:
            with suppress(Exception):
                made.result().close()
            raise


@contextmanager
def _closing(one: Any) -> Iterator[Any]:
    """Close a client or cluster at the end; that it fails to close is no news beside the result."""
    try:
        yield one
    finally:
        try:
            one.close()
        except (OSError, RuntimeError):  # a time limit is an OSError, too
            logging.getLogger(__name__).debug("not closed: %s", one)


def _measure_all(  # noqa: PLR0913, PLR0917
    client: Client,
    parts: list[Path],
    out: Path,
    task: Task,
    progress: Callable[[Path, Counts], Any],
    without_worker_s: float,
) -> None:
    """Measure each part once on the workers of a client; tell `progress` of each that is done."""
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError

    # a name that no other run on this scheduler has, on whatever machine it was started
    run = f"zonegap-{uuid.uuid4().hex}"
    # a task like the others, not scattered: it is made again when all workers that held it die. A
    # worker takes as many parts at once as it has threads: one thread a part fills its cores
    shared = client.submit(_hold_task, replace(task, threads=1), key=f"{run}-question", pure=False)
    # a copy on every worker, since the scheduler sends a part to a worker that has the task
    _wait_for(client, shared, without_worker_s)
    try:
        client.replicate(shared)
    except (OSError, KeyError, RuntimeError):  # the worker that had it has died: it is made again
        logging.getLogger(__name__).debug("not copied to every worker")
    # one task a part; absolute paths, since a worker may run in another folder
    place = {
        client.submit(
            _in_language, language_in_use(), measure_once, part.absolute(), out.absolute(), shared,
            retries=RETRIES, key=(run, part.name), pure=False,
        ): part
        for part in parts
    }  # fmt: skip
    try:
        for future in _completed(client, list(place), without_worker_s):
            if future.cancelled():  # the scheduler forgot it
                raise ZonegapError(GONE)
            counts = future.result()
            # forget the finished task: the scheduler would do it again if its worker died
            progress(place.pop(future), counts)
    except (CancelledError, FutureCancelledError):
        raise ZonegapError(GONE) from None
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
        with suppress(OSError, RuntimeError, CancelledError):  # a scheduler that is gone
            client.cancel(list(place))
        remove_unfinished(out)


def _wait_for(client: Client, future: Any, without_worker_s: float) -> None:
    for _ in _completed(client, [future], without_worker_s):
        pass


def _completed(client: Client, futures: list[Any], without_worker_s: float) -> Iterator[Any]:
    """Give futures as they are done; never wait where nobody works at them any more.

    Raises
    ------
    ZonegapError
        When the cluster has no worker for so many seconds, or its scheduler is gone.
    """
    from distributed import as_completed

    done = as_completed(futures)
    seen = asked = time.monotonic()
    while not done.is_empty():
        if done.has_ready():
            yield next(done)
            seen = time.monotonic()
            continue
        time.sleep(POLL_S)
        now = time.monotonic()
        if now - asked < ASK_S:
            continue
        asked = now
        try:
            workers = client.nthreads()
        except (OSError, RuntimeError):
            workers = {}
        if client.status != "running":
            raise ZonegapError(GONE)
        if workers:
            seen = time.monotonic()
        elif now - seen > without_worker_s:
            raise ZonegapError(
                Message(
                    "dask: no worker is left for {seconds:g} seconds; parts that are done stay, "
                    "start workers and run it again",
                    seconds=without_worker_s,
                )
            )


def _in_language(language: str, function: Callable[..., Counts], *arguments: Any) -> Counts:
    """Call a function on a worker, so that its messages are in the language of the client."""
    use_language(language)
    return function(*arguments)


def _hold_task(task: Task) -> Task:
    """Return the task: what a worker does to hold a copy of it."""
    return task

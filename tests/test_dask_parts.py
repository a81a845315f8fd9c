"""Parts on a real cluster: worker processes over TCP, one of them killed half way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geodata.errors import BadInputError, UsageError, ZonegapError
from geodata.words import use_language
from tests.test_point_tables import make_parts, measure_all, points
from zones.hubs import hub_layer
from zones.points.cluster import KEEP_NANNIES, NO_DASHBOARD, measure_on_cluster
from zones.points.parts import open_parts, parts_of
from zones.points.tables import Counts, Task

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
PARTS, ROWS = 12, 4000


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with (
        dask.config.set(KEEP_NANNIES),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, protocol="tcp", **NO_DASHBOARD
        ) as made,
    ):
        yield made


def worker_pids(address: str) -> list[int]:
    with distributed.Client(address) as client:
        return list(client.run(os.getpid).values())


def test_a_killed_worker_costs_one_part(tmp_path: Path, cluster: Any) -> None:
    folder, here, there = (tmp_path / name for name in ("in", "here", "there"))
    make_parts(folder, PARTS, ROWS)
    task = Task(hub_layer("prefectures"), datum="WGS-84", thresholds_km=(500.0,))
    address = cluster.scheduler_address
    assert address.startswith("tcp://")
    pids = worker_pids(address)
    assert len(set(pids)) == 2
    assert os.getpid() not in pids
    finished: dict[str, tuple[int, int]] = {}
    total = Counts.zero(task.thresholds_km)

    def note(part: Path, counts: Counts) -> None:
        total.add(counts)
        result = (there / part.name).stat()
        finished[part.name] = result.st_ino, result.st_mtime_ns
        if len(finished) == PARTS // 2:
            os.kill(pids[0], signal.SIGKILL)

    todo = open_parts(parts_of(folder), there, task)
    measure_on_cluster(todo, there, task, note, scheduler=address)
    assert pids[0] not in worker_pids(address)
    assert len(finished) == PARTS
    assert total.points == PARTS * ROWS
    # what was done before stayed as it was, and all is what one process gives, to the byte
    now = {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in there.iterdir()}
    assert now == finished
    measure_all(folder, here, task)
    assert {p.name: p.read_bytes() for p in there.iterdir()} == {
        p.name: p.read_bytes() for p in here.iterdir()
    }
    assert open_parts(parts_of(folder), there, task) == []


def test_a_bad_part_is_named_by_its_worker(tmp_path: Path, cluster: Any) -> None:
    make_parts(tmp_path / "in", 3, 50)
    bad = points(50)
    bad.loc[7, "lat"] = -90.5
    bad.to_parquet(tmp_path / "in" / "part-001.parquet")
    task = Task(hub_layer("cores"), datum="WGS-84")
    out = tmp_path / "out"
    todo = open_parts(parts_of(tmp_path / "in"), out, task)
    for language, fault in (("en", "row 8, column 'lat': '-90.5'"), ("zh", "第8行，“lat”列")):
        use_language(language)
        with pytest.raises(BadInputError, match=f"part-001.parquet(: |：){fault}"):
            measure_on_cluster(
                todo, out, task, lambda *_: None, scheduler=cluster.scheduler_address
            )
    use_language("en")


def test_no_scheduler_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(hub_layer("cores"), datum="WGS-84")
    part = [tmp_path / "part.parquet"]
    with pytest.raises(UsageError, match="no scheduler answers at 'tcp://127.0.0.1:9'"):
        measure_on_cluster(
            part, tmp_path, task, lambda *_: None, scheduler="tcp://127.0.0.1:9", patience_s=0.5
        )


def test_a_part_takes_one_core(
    tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a worker runs as many parts at once as it has threads
    monkeypatch.setattr(
        "zones.points.cluster.measure_once",
        lambda part, out, task: Counts(task.threads, Counts.zero(()).beyond),
    )
    threads = []
    measure_on_cluster(
        [tmp_path / "a.parquet"],
        tmp_path,
        Task(hub_layer("cores"), datum="WGS-84"),
        lambda part, counts: threads.append(counts.points),
        scheduler=cluster.scheduler_address,
    )
    assert threads == [1]


@pytest.mark.parametrize("deaths", [1, 9])
def test_the_only_worker_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaths: int) -> None:
    folder = tmp_path / "died"
    folder.mkdir()

    def once(part: Path, out: Path, task: Task) -> Counts:
        died = len(list(folder.iterdir()))
        if died < deaths:
            (folder / str(died)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Counts(len(task.hubs), Counts.zero(()).beyond)

    monkeypatch.setattr("zones.points.cluster.measure_once", once)
    task = Task(hub_layer("cores"), datum="WGS-84")
    parts = [tmp_path / f"{name}.parquet" for name in "abc"]
    seen: list[int] = []

    def measure() -> None:
        with (
            dask.config.set({"distributed.scheduler.allowed-failures": 1, **KEEP_NANNIES}),
            distributed.LocalCluster(
                n_workers=1, threads_per_worker=1, processes=True, **NO_DASHBOARD
            ) as alone,
        ):
            measure_on_cluster(
                parts, tmp_path, task, lambda part, counts: seen.append(counts.points),
                scheduler=alone.scheduler_address,
            )  # fmt: skip

    if deaths == 1:  # what all parts share is lost with it, and sent again
        measure()
        assert seen == [len(task.hubs)] * 3
    else:
        with pytest.raises(ZonegapError, match=r"each worker that took this part died.*: .*quet$"):
            measure()


def test_our_cluster_waits_for_a_worker_that_starts_slowly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would give it up after a time, and with it whoever starts it again."""

    def once(part: Path, out: Path, task: Task) -> Counts:
        if not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Counts(1, Counts.zero(()).beyond)

    monkeypatch.setattr("zones.points.cluster.measure_once", once)
    seen: list[int] = []
    with dask.config.set({"distributed.deploy.lost-worker-timeout": "0.1s"}):
        measure_on_cluster(
            [tmp_path / "a.parquet"], tmp_path, task_of_cores(), lambda _, c: seen.append(c.points),
            workers=1, without_worker_s=30.0,
        )  # fmt: skip
    assert seen == [1]


def test_a_scheduler_without_workers(tmp_path: Path) -> None:
    task = Task(hub_layer("cores"), datum="WGS-84")
    with (
        distributed.LocalCluster(
            n_workers=0, threads_per_worker=1, processes=True, **NO_DASHBOARD
        ) as empty,
        pytest.raises(UsageError, match="--scheduler: .* has no worker"),
    ):
        measure_on_cluster(
            [tmp_path / "part.parquet"], tmp_path, task, lambda *_: None,
            scheduler=empty.scheduler_address, patience_s=0.5,
        )  # fmt: skip


def test_all_workers_share_the_parts(
    tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured(part: Path, out: Path, task: Task) -> Counts:
        time.sleep(0.05)
        return Counts(os.getpid(), Counts.zero(()).beyond)

    monkeypatch.setattr("zones.points.cluster.measure_once", measured)
    taken: list[int] = []
    measure_on_cluster(
        [tmp_path / f"{number}.parquet" for number in range(20)],
        tmp_path,
        Task(hub_layer("cores"), datum="WGS-84"),
        lambda part, counts: taken.append(counts.points),
        scheduler=cluster.scheduler_address,
    )
    assert len(taken) == 20
    assert min(taken.count(pid) for pid in worker_pids(cluster.scheduler_address)) >= 5


def task_of_cores() -> Task:
    return Task(hub_layer("cores"), datum="WGS-84")


def test_no_worker_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finished parts stay, and nobody waits for ever."""
    make_parts(tmp_path / "in", 3, 50)
    out = tmp_path / "out"
    todo = open_parts(parts_of(tmp_path / "in"), out, task_of_cores())
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, protocol="tcp", **NO_DASHBOARD
    ) as alone:

        def lose(part: Path, counts: Counts) -> None:
            alone.scale(0)  # the worker and what would start it again

        monkeypatch.setattr("zones.points.cluster.measure_once", _slow)
        with pytest.raises(ZonegapError, match=r"no worker is left for 3 seconds; parts that are"):
            measure_on_cluster(
                todo, out, task_of_cores(), lose, scheduler=alone.scheduler_address,
                without_worker_s=3.0,
            )  # fmt: skip
    done = sorted(p.name for p in out.iterdir())
    assert 1 <= len(done) < 3
    assert all(name.startswith("part-") for name in done)


def _slow(part: Path, out: Path, task: Task) -> Counts:
    from zones.points.parts import measure_once

    if part.name != "part-000.parquet":
        time.sleep(2.0)
    return measure_once(part, out, task)


def test_the_scheduler_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """One sentence, and no pages of the library's own."""
    file = tmp_path / "scheduler.json"
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port",
         "0", "--no-dashboard", "--scheduler-file", str(file)],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    worker = None
    try:
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        worker = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1",
             "--no-nanny", "--no-dashboard", "--death-timeout", "5"],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        monkeypatch.setattr("zones.points.cluster.measure_once", _slow)
        make_parts(tmp_path / "in", 3, 50)
        out = tmp_path / "out"
        todo = open_parts(parts_of(tmp_path / "in"), out, task_of_cores())
        capfd.readouterr()
        with pytest.raises(ZonegapError, match="the cluster was restarted or closed; parts that"):
            measure_on_cluster(
                todo, out, task_of_cores(), lambda *_: scheduler.kill(), scheduler=address,
                patience_s=60.0,
            )  # fmt: skip
        assert capfd.readouterr().err == ""
        assert "part-000.parquet" in {p.name for p in out.iterdir()}
    finally:
        for process in filter(None, (scheduler, worker)):
            process.kill()
            process.wait()
